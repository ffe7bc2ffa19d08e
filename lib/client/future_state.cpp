#include "client/future_state.hpp"

#include "client/continuation.hpp"
#include "client/response_stream.hpp"
#include "client/stream_access.hpp"

#include <async_http_pool/error.hpp>

#include <algorithm>
#include <optional>

namespace async_http_pool {
namespace {

/// Waiting for more than this would overflow the clock.
constexpr std::chrono::milliseconds longest_wait = std::chrono::years(1);

/// Ends the transfer of `response`.
std::exception_ptr cancelled_instead_of(StreamingResponse response) noexcept {
  try {
    return std::make_exception_ptr(RequestError(ErrorType::unknown, ErrorCode::cancelled,
                                                "request was cancelled",
                                                {.url = response.url(),
                                                 .method = response.method(),
                                                 .request_id = response.request_id(),
                                                 .callback_args = {},
                                                 .metrics = response.metrics()}));
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

void FutureState::complete(StreamingResponse response) noexcept {
  const std::uint32_t before = set(claimed);
  if ((before & claimed) != 0) return;
  if ((before & cancelled) != 0) {
    std::exception_ptr failure = cancelled_instead_of(std::move(response));
    finish(std::move(failure));
  } else {
    finish(std::move(response));
  }
}

void FutureState::fail(std::exception_ptr failure) noexcept {
  if ((set(claimed) & claimed) == 0) finish(std::move(failure));
}

void FutureState::finish(Outcome outcome) noexcept {
  const std::shared_ptr<FutureState> self = shared_from_this();  // the caller's may go meanwhile
  outcome_ = std::move(outcome);
  {
    CancelTarget target;  // is destroyed without the lock
    const std::lock_guard lock(mutex_);
    std::swap(target, cancel_);
  }
  const std::uint32_t before = set(ready);
  if ((before & sleeping) != 0) {
    // Nobody is between looking at the flags and falling asleep while this thread has the lock.
    { const std::lock_guard lock(mutex_); }
    is_over_.notify_all();
  }
  if ((before & listening) != 0) dispatch();
}

void FutureState::replace_cancel(CancelTarget target) noexcept {
  const CancelTarget added = target;
  {
    const std::lock_guard lock(mutex_);
    // What is set now would never be let go.
    if (has(claimed)) return;
    std::swap(cancel_, target);
  }
  // `cancel` sets the flag first and looks for the target then, so one of the two finds it.
  if (is_cancelled()) added.cancel(added.object.get());
}

void FutureState::cancel() noexcept {
  if ((set(cancelled) & (cancelled | claimed)) != 0) return;
  CancelTarget target;
  {
    const std::lock_guard lock(mutex_);
    target = cancel_;
  }
  if (target.cancel != nullptr) target.cancel(target.object.get());
}

void FutureState::wait() const {
  if (is_ready()) return;
  std::unique_lock lock(mutex_);
  if ((set(sleeping) & ready) != 0) return;
  is_over_.wait(lock, [this] { return is_ready(); });
}

bool FutureState::wait_for(std::chrono::milliseconds timeout) const {
  if (is_ready()) return true;
  std::unique_lock lock(mutex_);
  if ((set(sleeping) & ready) != 0) return true;
  timeout = std::clamp(timeout, std::chrono::milliseconds(0), longest_wait);
  return is_over_.wait_for(lock, timeout, [this] { return is_ready(); });
}

StreamingResponse FutureState::take() {
  set(taken);
  Outcome outcome = std::exchange(outcome_, std::monostate());
  if (auto* failure = std::get_if<std::exception_ptr>(&outcome)) {
    std::rethrow_exception(std::move(*failure));
  }
  auto& response = std::get<StreamingResponse>(outcome);
  if (std::shared_ptr<const void> keeper = keeper_.lock(); keeper != nullptr)
    StreamAccess::stream(response)->keep(std::move(keeper));
  return std::move(response);
}

void FutureState::call(std::function<void(ResponseFuture)> callback) noexcept {
  callback_ = std::move(callback);
  if ((set(listening) & ready) != 0) run_here();
}

bool FutureState::resume(std::coroutine_handle<> coroutine) noexcept {
  coroutine_ = coroutine;
  return (set(listening) & ready) == 0;
}

void FutureState::drop() noexcept {
  if ((set(listening) & ready) != 0) {
    outcome_ = std::monostate();
  } else {
    cancel();
  }
}

void FutureState::dispatch() noexcept {
  if (!callback_ && !coroutine_) {
    outcome_ = std::monostate();
    return;
  }
  // What the application has in it goes with this call.
  const Executor executor = std::move(executor_);
  if (executor) {
    run_continuation(executor, logger_, [self = shared_from_this()] { self->go_on(); });
  } else {
    run_here();
  }
}

void FutureState::run_here() noexcept {
  run_continuation(nullptr, logger_, [this] { go_on(); });
}

void FutureState::go_on() {
  if (coroutine_) {
    coroutine_.resume();
  } else {
    const auto callback = std::move(callback_);
    callback(FutureAccess::make(shared_from_this()));
  }
}

}  // namespace async_http_pool
