#pragma once

#include "owned_descriptor.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace ahp_tool {

/// What the threads of a run agree on: how many lines are between reading and being settled, and
/// whether the run is to end early. All members are any-thread.
class RunControl {
 public:
  using Clock = std::chrono::steady_clock;

  /// `lines_max`: unsettled lines at a time. `shutdown_timeout`: what requests in flight get after
  /// a signal.
  RunControl(std::size_t lines_max, std::chrono::milliseconds shutdown_timeout)
      : lines_max_(lines_max), shutdown_timeout_(shutdown_timeout) {}

  /// Counts a line in; waits while there are `lines_max`. False once the run is to end.
  [[nodiscard]] bool enter();
  /// Counts a line out: it is settled, by a line of output or as unfinished.
  void leave();
  [[nodiscard]] std::size_t unsettled_count() const;
  /// Waits until another line leaves, the run is to end, or a moment has passed.
  void wait_for_change();
  /// Waits until no line is unsettled, or until an end that was asked for may wait no longer.
  void wait_settled();

  /// Nothing new from now on, but what is in flight may finish. Called again: wait for nothing.
  void stop();
  /// There is no use in going on.
  void stop_now();
  [[nodiscard]] bool is_stopping() const;
  [[nodiscard]] bool is_out_of_patience() const;

  /// Readable once the run is to end.
  [[nodiscard]] int stop_fd() const noexcept { return stop_.fd(); }
  /// Readable once `stop` was called for a run that is ending already.
  [[nodiscard]] int hurry_fd() const noexcept { return hurry_.fd(); }
  /// When what goes on after the stop has to be over.
  [[nodiscard]] Clock::time_point deadline() const;

 private:
  void begin_stop();

  const std::size_t lines_max_;
  const std::chrono::milliseconds shutdown_timeout_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t unsettled_ = 0;                    // mutex_
  std::optional<Clock::time_point> deadline_{};  // mutex_; set by the first stop
  bool now_ = false;                             // mutex_
  Wakeup stop_;
  Wakeup hurry_;
};

}  // namespace ahp_tool
