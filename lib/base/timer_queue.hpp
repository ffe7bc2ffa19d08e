#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace async_http_pool {

/// Something that is to happen at a time. Derive from it and schedule it in a `TimerQueue`.
class Timer {
 public:
  Timer() noexcept = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  /// The time has come; the timer is no longer scheduled. May schedule and cancel any timer.
  virtual void on_due() = 0;
  [[nodiscard]] bool is_scheduled() const noexcept { return place_ != nowhere; }

 protected:
  ~Timer() = default;

 private:
  friend class TimerQueue;
  static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
  std::size_t place_ = nowhere;
};

/// The timers of one thread, soonest first: a heap with four children a node, which each timer
/// knows its place in. Scheduling and cancelling cost O(log n), and next to nothing for the usual
/// case of a timer that is later than all others. Does not own the timers: cancel one before it
/// dies.
class TimerQueue {
 public:
  /// Schedules `timer` for `due`, or moves it there.
  void schedule(Timer& timer, TimePoint due);
  void cancel(Timer& timer) noexcept;
  /// When the soonest timer is due.
  [[nodiscard]] std::optional<TimePoint> next_due() const noexcept;
  /// Calls `on_due` of all timers that were due at `now`, soonest first. Those scheduled meanwhile
  /// for a time up to `now` are included.
  void run_due(TimePoint now);
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  struct Slot {
    TimePoint due;  // beside the pointer: comparing does not touch the timers
    Timer* timer;
  };
  void place(std::size_t index, Slot slot) noexcept;
  void sift_up(std::size_t index) noexcept;
  void sift_down(std::size_t index) noexcept;
  void remove_at(std::size_t index) noexcept;

  std::vector<Slot> heap_;
};

}  // namespace async_http_pool
