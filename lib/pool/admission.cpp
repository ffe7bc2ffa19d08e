#include "pool/admission.hpp"

namespace async_http_pool {

Slot::~Slot() {
  if (admission_ != nullptr) admission_->leave();
}

Admission::Entry Admission::enter() noexcept {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  do {
    if (state_of(word) != ProcessorState::running) return {Slot(), EnqueueResult::not_running};
    if (count_of(word) >= count_max_) return {Slot(), EnqueueResult::max_capacity};
  } while (!word_.compare_exchange_weak(word, word + one, std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
  return {Slot(*this), EnqueueResult::accepted};
}

void Admission::leave() noexcept {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  do {
    // Told while still counted, so that the stop cannot be over, and the processor started again,
    // before the listener has returned.
    const bool is_last = count_of(word) == 1 && state_of(word) == ProcessorState::stopping;
    if (is_last && idle_listener_ != nullptr) idle_listener_->on_idle_while_stopping();
  } while (!word_.compare_exchange_weak(word, word - one, std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
  if (count_of(word) != 1 || (word & waiter_bit) == 0) return;
  const std::lock_guard lock(waiters_mutex_);  // the waiter is before its look, or asleep
  idle_.notify_all();
}

bool Admission::change_state(ProcessorState from, ProcessorState to) noexcept {
  // Sequentially consistent, as are the flags that others raise before they look at the state.
  std::uint64_t word = word_.load();
  do {
    if (state_of(word) != from) return false;
  } while (
      !word_.compare_exchange_weak(word, (word & ~state_mask) | static_cast<std::uint64_t>(to)));
  return true;
}

bool Admission::wait_until_idle(TimePoint deadline) {
  std::unique_lock lock(waiters_mutex_);
  if (waiters_++ == 0) word_.fetch_or(waiter_bit, std::memory_order_acq_rel);
  const bool is_idle = idle_.wait_until(lock, deadline, [this] { return count() == 0; });
  if (--waiters_ == 0) word_.fetch_and(~waiter_bit, std::memory_order_acq_rel);
  return is_idle;
}

}  // namespace async_http_pool
