#pragma once

#include "base/clock.hpp"

#include <async_http_pool/processor.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace async_http_pool {

class Admission;

/// A place among the `max_connections`: whoever holds it is counted. Move-only; gives the place
/// back when it dies.
class [[nodiscard]] Slot {
 public:
  Slot() noexcept = default;
  Slot(Slot&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
  Slot& operator=(Slot&&) = delete;
  ~Slot();
  /// Whether it is a place, and not a refusal.
  explicit operator bool() const noexcept { return admission_ != nullptr; }

 private:
  friend class Admission;
  explicit Slot(Admission& admission) noexcept : admission_(&admission) {}
  Admission* admission_ = nullptr;
};

/// The state of a processor and the number of its tasks, in one atomic word: a task that is
/// admitted is counted in the same instant in which the state allowed it, so that stop and enqueue
/// cannot miss each other. any-thread
class Admission {
 public:
  explicit Admission(std::size_t count_max) noexcept : count_max_(count_max) {}

  struct Entry {
    Slot slot;  // empty when refused
    EnqueueResult result;
  };
  /// Admits one more task when the state is running and there is room.
  [[nodiscard]] Entry enter() noexcept;

  [[nodiscard]] ProcessorState state() const noexcept {
    return state_of(word_.load(std::memory_order_acquire));
  }
  [[nodiscard]] std::size_t count() const noexcept {
    return count_of(word_.load(std::memory_order_acquire));
  }
  /// Changes the state when it is `from`; returns whether it was.
  bool change_state(ProcessorState from, ProcessorState to) noexcept;

  /// Waits until nobody is counted; returns whether that is so.
  [[nodiscard]] bool wait_until_idle(TimePoint deadline);

  /// Called on whatever thread gives the last place back while the state is stopping, just before;
  /// perhaps more than once.
  class IdleListener {
   public:
    virtual void on_idle_while_stopping() noexcept = 0;

   protected:
    ~IdleListener() = default;
  };
  void set_idle_listener(IdleListener* listener) noexcept { idle_listener_ = listener; }

 private:
  friend class Slot;
  // Bits: 0-2 state, 3 whether somebody waits for idleness, 32-63 count.
  static constexpr std::uint64_t state_mask = 7;
  static constexpr std::uint64_t waiter_bit = 8;
  static constexpr unsigned count_shift = 32;
  static constexpr std::uint64_t one = std::uint64_t{1} << count_shift;
  static ProcessorState state_of(std::uint64_t word) noexcept {
    return static_cast<ProcessorState>(word & state_mask);
  }
  static std::size_t count_of(std::uint64_t word) noexcept { return word >> count_shift; }
  void leave() noexcept;

  const std::size_t count_max_;
  alignas(64) std::atomic<std::uint64_t> word_ =
      static_cast<std::uint64_t>(ProcessorState::stopped);
  IdleListener* idle_listener_ = nullptr;
  std::mutex waiters_mutex_;
  std::condition_variable idle_;
  int waiters_ = 0;  // guarded by waiters_mutex_
};

}  // namespace async_http_pool
