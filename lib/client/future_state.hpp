#pragma once

#include <async_http_pool/executor.hpp>
#include <async_http_pool/logger.hpp>
#include <async_http_pool/response_future.hpp>
#include <async_http_pool/streaming_response.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

namespace async_http_pool {

/// What a `ResponseFuture` shares with whoever makes it ready. Always in a `shared_ptr`.
///
/// The two sides meet in one atomic word: who sets the later of "ready" and "listening" sees the
/// earlier one and does what is left to do. The mutex is for what cancels, and for threads that
/// wait. Nothing of the application's is called, or destroyed, while it is held.
class FutureState final : public std::enable_shared_from_this<FutureState> {
 public:
  FutureState() noexcept = default;
  /// `executor`: where the continuation runs; null: on the thread that makes it ready. `logger`:
  /// learns what callbacks throw; may be null.
  FutureState(Executor executor, std::shared_ptr<Logger> logger) noexcept
      : executor_(std::move(executor)), logger_(std::move(logger)) {}
  FutureState(const FutureState&) = delete;
  FutureState& operator=(const FutureState&) = delete;

  // --- whoever makes it ready; any-thread, but never inside a libcurl callback ---

  /// Makes it ready, and runs the continuation. The first of all `complete` and `fail` counts; what
  /// later ones bring is destroyed, which for a response ends its transfer. So is the response of a
  /// future that was cancelled: that fails with `ErrorCode::cancelled` instead.
  void complete(StreamingResponse response) noexcept;
  /// The same with what the request failed with, which is not null.
  void fail(std::exception_ptr failure) noexcept;
  /// What `cancel` and dropping the future call, until it is ready: `target->cancel()`, any-thread
  /// and noexcept. At once, on this thread, when that was asked for already. Replaces the target
  /// before. `target` may be called once more shortly after it was replaced, and may own this
  /// state: it is let go when that is ready.
  template <typename Target>
  void set_cancel(std::shared_ptr<Target> target) noexcept {
    replace_cancel({.object = std::move(target), .cancel = [](void* object) noexcept {
                      static_cast<Target*>(object)->cancel();
                    }});
  }
  /// What keeps the agents alive while a response is read, which counts from when it is taken: a
  /// future that nobody asked does not. Before `complete`.
  void set_keeper(std::weak_ptr<const void> keeper) noexcept { keeper_ = std::move(keeper); }
  /// any-thread. Whether `cancel` was called, or the future dropped before it was ready.
  [[nodiscard]] bool is_cancelled() const noexcept { return has(cancelled); }

  // --- the future; one thread at a time ---

  /// any-thread. Does nothing when it is ready.
  void cancel() noexcept;
  /// any-thread
  [[nodiscard]] bool is_ready() const noexcept { return has(ready); }
  /// any-thread. Whether the response, or the failure, was taken.
  [[nodiscard]] bool is_taken() const noexcept { return has(taken); }
  void wait() const;
  [[nodiscard]] bool wait_for(std::chrono::milliseconds timeout) const;
  /// Once, when it is ready.
  [[nodiscard]] StreamingResponse take();
  /// Once, before anything below: another executor, or another logger.
  void set_executor(Executor executor) noexcept { executor_ = std::move(executor); }
  void set_logger(std::shared_ptr<Logger> logger) noexcept { logger_ = std::move(logger); }

  // One of these, once. No other future may have this state then.

  /// Calls `callback` when it is ready; at once, on this thread, when it is already.
  void call(std::function<void(ResponseFuture)> callback) noexcept;
  /// Resumes `coroutine` when it is ready. False when it is already: nothing will be resumed. On
  /// true this state, and the coroutine, may be gone.
  [[nodiscard]] bool resume(std::coroutine_handle<> coroutine) noexcept;
  /// Nobody wants the response (any more): cancels, or destroys it.
  void drop() noexcept;

 private:
  enum Flag : std::uint32_t {
    claimed = 1,    // somebody makes it ready
    ready = 2,      // and did: outcome_ is there
    listening = 4,  // what happens when it is ready is settled: call, resume or drop
    sleeping = 8,   // a thread waits, or did
    cancelled = 16,
    taken = 32,
  };
  using Outcome = std::variant<std::monostate, StreamingResponse, std::exception_ptr>;
  struct CancelTarget {
    std::shared_ptr<void> object = {};  // what it cancels may end before it is asked to
    void (*cancel)(void* object) noexcept = nullptr;
  };

  [[nodiscard]] bool has(Flag flag) const noexcept {
    return (flags_.load(std::memory_order_acquire) & flag) != 0;
  }
  /// Returns the flags that were set before.
  std::uint32_t set(Flag flag) const noexcept {
    return flags_.fetch_or(flag, std::memory_order_acq_rel);
  }
  void replace_cancel(CancelTarget target) noexcept;
  void finish(Outcome outcome) noexcept;
  void dispatch() noexcept;
  void run_here() noexcept;
  void go_on();

  mutable std::atomic<std::uint32_t> flags_ = 0;
  Outcome outcome_;  // the claimer's until `ready`, then the future's
  std::weak_ptr<const void> keeper_;
  // The future's until `listening`, then of whoever runs the continuation:
  Executor executor_;
  std::shared_ptr<Logger> logger_;  // shared with the client, which may be gone
  std::function<void(ResponseFuture)> callback_;
  std::coroutine_handle<> coroutine_;

  mutable std::mutex mutex_;
  mutable std::condition_variable is_over_;
  CancelTarget cancel_;  // guarded by mutex_
};

/// Makes futures, and looks into them.
class FutureAccess {
 public:
  /// Once for each state.
  [[nodiscard]] static ResponseFuture make(std::shared_ptr<FutureState> state) noexcept {
    return ResponseFuture(std::move(state));
  }
  /// Null when it is empty or moved from.
  [[nodiscard]] static const std::shared_ptr<FutureState>& state(
      const ResponseFuture& future) noexcept {
    return future.state_;
  }
};

}  // namespace async_http_pool
