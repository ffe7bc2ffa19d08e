#include "base/timer_queue.hpp"

#include <algorithm>

namespace async_http_pool {

namespace {
constexpr std::size_t fan_out = 4;
}

void TimerQueue::place(std::size_t index, Slot slot) noexcept {
  heap_[index] = slot;
  slot.timer->place_ = index;
}

void TimerQueue::sift_up(std::size_t index) noexcept {
  const Slot slot = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / fan_out;
    if (heap_[parent].due <= slot.due) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, slot);
}

void TimerQueue::sift_down(std::size_t index) noexcept {
  const Slot slot = heap_[index];
  for (;;) {
    const std::size_t first = index * fan_out + 1;
    if (first >= heap_.size()) break;
    const auto begin = heap_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end =
        heap_.begin() + static_cast<std::ptrdiff_t>(std::min(first + fan_out, heap_.size()));
    const auto least =
        std::min_element(begin, end, [](const Slot& a, const Slot& b) { return a.due < b.due; });
    if (slot.due <= least->due) break;
    place(index, *least);
    index = static_cast<std::size_t>(least - heap_.begin());
  }
  place(index, slot);
}

void TimerQueue::remove_at(std::size_t index) noexcept {
  heap_[index].timer->place_ = Timer::nowhere;
  const Slot last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  place(index, last);
  sift_up(index);
  sift_down(last.timer->place_);
}

void TimerQueue::schedule(Timer& timer, TimePoint due) {
  if (!timer.is_scheduled()) {
    heap_.push_back({due, &timer});
    sift_up(heap_.size() - 1);
    return;
  }
  const bool sooner = due < heap_[timer.place_].due;
  heap_[timer.place_].due = due;
  if (sooner) {
    sift_up(timer.place_);
  } else {
    sift_down(timer.place_);
  }
}

void TimerQueue::cancel(Timer& timer) noexcept {
  if (timer.is_scheduled()) remove_at(timer.place_);
}

std::optional<TimePoint> TimerQueue::next_due() const noexcept {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

void TimerQueue::run_due(TimePoint now) {
  while (!heap_.empty() && heap_.front().due <= now) {
    Timer& timer = *heap_.front().timer;
    remove_at(0);
    timer.on_due();
  }
}

}  // namespace async_http_pool
