#pragma once

#include <chrono>
#include <mutex>

namespace ahp_tool {

/// Remembers that a store does not answer, so that not everybody waits for it in vain. Once
/// `failures_max` tries in a row had no answer the store is suspended: then there is one probe at a
/// time, after a pause that doubles, until one is answered. Any-thread.
class StoreBreaker {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr int failures_max = 3;
  static constexpr Clock::duration first_pause = std::chrono::seconds(5);
  static constexpr Clock::duration longest_pause = std::chrono::seconds(60);

  enum class Permit {
    usual,   ///< go on
    probe,   ///< find out whether the store answers again
    refused  ///< it does not answer, and it is not the time to ask
  };

  /// Each permit that is not `refused` is to be given back by `answered` or `unanswered`.
  [[nodiscard]] Permit ask(Clock::time_point now);
  /// The store did something, even if it was to refuse: it is there.
  void answered();
  /// Nothing came back. Returns whether the store is suspended from now on.
  bool unanswered(Permit permit, Clock::time_point now);

 private:
  std::mutex mutex_;
  int failures_ = 0;                    // mutex_; in a row
  bool suspended_ = false;              // mutex_
  bool probing_ = false;                // mutex_
  Clock::duration pause_{first_pause};  // mutex_
  Clock::time_point next_probe_{};      // mutex_
};

}  // namespace ahp_tool
