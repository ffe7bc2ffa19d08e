#include <async_http_pool/response_future.hpp>

#include "base/agent_thread.hpp"
#include "client/future_state.hpp"
#include "client/response_stream.hpp"
#include "client/stream_access.hpp"

#include <async_http_pool/error.hpp>

#include <stdexcept>

namespace async_http_pool {
namespace {

void refuse_invalid(const ResponseFuture& future, const char* what) {
  if (!future.is_valid())
    throw std::logic_error(std::string(what) + " of a future without a response");
}

std::exception_ptr destroyed_coroutine() noexcept {
  try {
    return std::make_exception_ptr(RequestError(ErrorType::unknown, ErrorCode::cancelled,
                                                "a coroutine was destroyed before its end", {}));
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

ResponseFuture::ResponseFuture() noexcept = default;

ResponseFuture::ResponseFuture(std::shared_ptr<FutureState> state) noexcept
    : state_(std::move(state)) {}

ResponseFuture::ResponseFuture(StreamingResponse response)
    : state_(std::make_shared<FutureState>()) {
  state_->complete(std::move(response));
}

ResponseFuture::ResponseFuture(std::exception_ptr failure)
    : state_(std::make_shared<FutureState>()) {
  if (failure == nullptr) throw std::invalid_argument("a future cannot fail with nothing");
  state_->fail(std::move(failure));
}

ResponseFuture::~ResponseFuture() {
  if (is_valid()) state_->drop();
}

ResponseFuture::ResponseFuture(ResponseFuture&&) noexcept = default;

ResponseFuture& ResponseFuture::operator=(ResponseFuture&& other) noexcept {
  ResponseFuture moved(std::move(other));
  std::swap(state_, moved.state_);
  return *this;
}

bool ResponseFuture::is_valid() const noexcept { return state_ != nullptr && !state_->is_taken(); }

bool ResponseFuture::is_ready() const noexcept { return is_valid() && state_->is_ready(); }

bool ResponseFuture::wait_for(std::chrono::milliseconds timeout) const {
  refuse_invalid(*this, "wait_for");
  if (!state_->is_ready()) refuse_on_agent_thread("ResponseFuture::wait_for");
  return state_->wait_for(timeout);
}

StreamingResponse ResponseFuture::get() {
  refuse_invalid(*this, "get");
  if (!state_->is_ready()) refuse_on_agent_thread("ResponseFuture::get");
  state_->wait();
  // The state stays, as another thread may be calling `cancel`.
  return state_->take();
}

void ResponseFuture::then_call(std::function<void(ResponseFuture)> callback) {
  refuse_invalid(*this, "then");
  std::exchange(state_, nullptr)->call(std::move(callback));
}

ResponseFuture::Awaiter ResponseFuture::operator co_await() && noexcept {
  return Awaiter(std::move(*this));
}

ResponseFuture ResponseFuture::resume_on(Executor executor) && {
  refuse_invalid(*this, "resume_on");
  state_->set_executor(std::move(executor));
  return std::move(*this);
}

void ResponseFuture::cancel() noexcept {
  if (is_valid()) state_->cancel();
}

bool ResponseFuture::Awaiter::await_suspend(std::coroutine_handle<> coroutine) noexcept {
  return future_.state_->resume(coroutine);
}

ResponseFuture::promise_type::promise_type() : state_(std::make_shared<FutureState>()) {}

ResponseFuture::promise_type::~promise_type() {
  // Not by its own end: by whoever it waited for.
  if (state_ != nullptr) state_->fail(destroyed_coroutine());
}

ResponseFuture ResponseFuture::promise_type::get_return_object() noexcept {
  return ResponseFuture(state_);
}

void ResponseFuture::promise_type::return_value(StreamingResponse response) noexcept {
  response_ = std::move(response);
}

void ResponseFuture::promise_type::unhandled_exception() noexcept {
  failure_ = std::current_exception();
}

ResponseFuture::Awaiter ResponseFuture::promise_type::await_transform(
    ResponseFuture&& future) noexcept {
  if (future.is_valid()) state_->set_cancel(future.state_);
  return Awaiter(std::move(future));
}

BodyReader::ReadAwaiter&& ResponseFuture::promise_type::await_transform(
    BodyReader::ReadAwaiter&& awaiter) noexcept {
  if (StreamAccess::stream(awaiter) != nullptr) state_->set_cancel(StreamAccess::stream(awaiter));
  return static_cast<BodyReader::ReadAwaiter&&>(awaiter);
}

void ResponseFuture::promise_type::Finish::await_suspend(
    std::coroutine_handle<promise_type> coroutine) noexcept {
  promise_type& promise = coroutine.promise();
  const std::shared_ptr<FutureState> state = std::move(promise.state_);
  std::optional<StreamingResponse> response = std::move(promise.response_);
  std::exception_ptr failure = std::move(promise.failure_);
  coroutine.destroy();
  if (failure != nullptr) {
    state->fail(std::move(failure));
  } else {
    state->complete(*std::move(response));
  }
}

}  // namespace async_http_pool
