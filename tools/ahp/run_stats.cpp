#include "run_stats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ahp_tool {
namespace {

std::string in_units(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<double>(duration.count());
  if (ns < 1e6) return fmt::format("{:.0f} us", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:.{}f} ms", ns / 1e6, ns < 1e7 ? 1 : 0);
  return fmt::format("{:.2f} s", ns / 1e9);
}

}  // namespace

void DurationHistogram::add(std::chrono::nanoseconds duration) noexcept {
  const double ratio = std::max(1.0, static_cast<double>(duration.count()) / first_bucket_ns);
  const auto bucket = static_cast<std::size_t>(std::log2(ratio) * steps_per_octave);
  ++counts_[std::min(bucket, counts_.size() - 1)];
  ++total_;
}

std::chrono::nanoseconds DurationHistogram::quantile(double fraction) const noexcept {
  const double rank = fraction * static_cast<double>(total_);
  double below = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    below += static_cast<double>(counts_[bucket]);
    if (total_ > 0 && below >= rank) {
      const double octaves = static_cast<double>(bucket + 1) / steps_per_octave;
      return std::chrono::nanoseconds(std::llround(first_bucket_ns * std::exp2(octaves)));
    }
  }
  return std::chrono::nanoseconds(0);
}

void RunStats::add_response(std::chrono::nanoseconds duration) {
  const std::lock_guard lock(mutex_);
  ++responses_;
  durations_.add(duration);
}

void RunStats::add_error() {
  const std::lock_guard lock(mutex_);
  ++errors_;
}

void RunStats::add_stored() {
  const std::lock_guard lock(mutex_);
  ++stored_;
}

void RunStats::add_unstored() {
  const std::lock_guard lock(mutex_);
  ++unstored_;
}

std::uint64_t RunStats::unstored_count() const {
  const std::lock_guard lock(mutex_);
  return unstored_;
}

std::uint64_t RunStats::stored_count() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::uint64_t RunStats::error_count() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

double RunStats::elapsed_seconds() const {
  return std::max(1e-9, std::chrono::duration<double>(Clock::now() - begin_).count());
}

std::string RunStats::progress_line(std::size_t inflight) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t done = responses_ + errors_;
  return fmt::format("{} done, {} in flight, {} errors, {:.0f} req/s, p50 {}, p99 {}", done,
                     inflight, errors_, static_cast<double>(done) / elapsed_seconds(),
                     in_units(durations_.quantile(0.5)), in_units(durations_.quantile(0.99)));
}

std::string RunStats::summary_line() const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t done = responses_ + errors_;
  const double seconds = elapsed_seconds();
  return fmt::format(
      "{} requests in {:.1f} s: {} responses, {} errors, {:.0f} req/s, p50 {}, p99 {}", done,
      seconds, responses_, errors_, static_cast<double>(done) / seconds,
      in_units(durations_.quantile(0.5)), in_units(durations_.quantile(0.99)));
}

}  // namespace ahp_tool
