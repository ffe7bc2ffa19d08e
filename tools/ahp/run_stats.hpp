#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace ahp_tool {

/// Durations in buckets of 1/8 of an octave, so that a quantile is right to about 9 percent.
class DurationHistogram {
 public:
  void add(std::chrono::nanoseconds duration) noexcept;
  /// The upper end of the bucket below which `fraction` of the durations lie; 0 when there are
  /// none.
  [[nodiscard]] std::chrono::nanoseconds quantile(double fraction) const noexcept;

 private:
  static constexpr std::size_t steps_per_octave = 8;
  static constexpr double first_bucket_ns = 1000;
  std::array<std::uint64_t, 36 * steps_per_octave> counts_{};
  std::uint64_t total_ = 0;
};

/// What a run has done so far. Any-thread.
class RunStats {
 public:
  void add_response(std::chrono::nanoseconds duration);
  void add_error();
  /// Of one that was added as a response or an error: that its result is in a store.
  void add_stored();
  /// Likewise: that its result should be in a store, but is in the output.
  void add_unstored();

  [[nodiscard]] std::uint64_t error_count() const;
  /// `1200 done, 56 in flight, 3 errors, 400 req/s, p50 20 ms, p99 95 ms`
  [[nodiscard]] std::string progress_line(std::size_t inflight) const;
  /// `1200 requests in 3.0 s: 1197 responses, 3 errors, 400 req/s, p50 20 ms, p99 95 ms`
  [[nodiscard]] std::string summary_line() const;
  [[nodiscard]] std::uint64_t stored_count() const;
  [[nodiscard]] std::uint64_t unstored_count() const;

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] double elapsed_seconds() const;

  const Clock::time_point begin_ = Clock::now();
  mutable std::mutex mutex_;
  std::uint64_t responses_ = 0;  // mutex_
  std::uint64_t errors_ = 0;     // mutex_
  std::uint64_t stored_ = 0;     // mutex_
  std::uint64_t unstored_ = 0;   // mutex_
  DurationHistogram durations_;  // mutex_
};

}  // namespace ahp_tool
