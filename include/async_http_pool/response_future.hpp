#pragma once

#include <async_http_pool/body_reader.hpp>
#include <async_http_pool/executor.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/streaming_response.hpp>

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace async_http_pool {

class FutureState;

/// A response to come: `Client::send` gives it, and it is ready when the headers of the response
/// are in, or when the request failed. Movable. Destroying it before its response was taken cancels
/// the request at once, also while the server is silent.
///
/// Four ways to take the response, once: `get`, `then`, `co_await std::move(future)`, and
/// `return future` out of an interceptor. Each gives a `StreamingResponse` or throws what the
/// request failed with: an `Error`, or what an interceptor threw. One thread at a time; `cancel` on
/// any.
class AHP_EXPORT ResponseFuture {
 public:
  ResponseFuture() noexcept;
  /// Ready with a response, or with a failure.
  explicit ResponseFuture(StreamingResponse response);
  explicit ResponseFuture(std::exception_ptr failure);
  ~ResponseFuture();
  ResponseFuture(ResponseFuture&&) noexcept;
  ResponseFuture& operator=(ResponseFuture&&) noexcept;

  /// Whether there is a response to take, now or later: not when empty, moved from or taken.
  [[nodiscard]] bool is_valid() const noexcept;
  /// any-thread. Whether taking it would not wait.
  [[nodiscard]] bool is_ready() const noexcept;
  /// Waits; returns whether it is ready. Throws `std::logic_error` when not valid, and on agent
  /// threads, which must not wait, unless it is ready already.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds timeout) const;
  /// Waits and takes the response. Throws as `wait_for`, and what the request failed with.
  [[nodiscard]] StreamingResponse get();

  /// Has `callback` called with this future when it is ready: at once, on this thread, when it is
  /// already; else on the agent thread, or on the executor that the request was sent with. The
  /// request goes on meanwhile with nobody holding a future; a stop token can cancel it. What
  /// `callback` throws is logged and contained. It may be movable only. Throws `std::logic_error`
  /// when this is not valid.
  template <typename Callback>
  void then(Callback&& callback) && {
    auto kept = std::make_shared<std::decay_t<Callback>>(std::forward<Callback>(callback));
    then_call([kept](ResponseFuture ready) { (*kept)(std::move(ready)); });
  }

  class Awaiter;
  /// `co_await client.send(request)`. The coroutine goes on where `then` would call. It must not be
  /// destroyed while it waits: a stop token makes it go on.
  [[nodiscard]] Awaiter operator co_await() && noexcept;
  /// Continues on `executor`, if it has to wait, instead of the one that the request was sent with.
  [[nodiscard]] ResponseFuture resume_on(Executor executor) &&;

  /// any-thread, also while another one waits in `get`. Ends the request at once: the future gets
  /// ready with a `RequestError` of `ErrorCode::cancelled`. Does nothing when it is ready or not
  /// valid.
  void cancel() noexcept;

  /// Makes a function that returns a `ResponseFuture` and contains `co_await` or `co_return` a
  /// coroutine: it runs at once up to its first wait. Cancelling its future cancels the future, or
  /// the `read_async`, that it waits for, and those that it waits for later. Its future gets ready
  /// when all of it, its parameters included, is destroyed.
  class promise_type;

 private:
  friend class FutureAccess;
  explicit ResponseFuture(std::shared_ptr<FutureState> state) noexcept;
  void then_call(std::function<void(ResponseFuture)> callback);
  std::shared_ptr<FutureState> state_;  // shared with whoever makes it ready
};

class AHP_EXPORT ResponseFuture::Awaiter {
 public:
  [[nodiscard]] bool await_ready() const noexcept {
    return future_.is_ready() || !future_.is_valid();
  }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept;
  StreamingResponse await_resume() { return future_.get(); }

 private:
  friend class ResponseFuture;
  friend class promise_type;
  explicit Awaiter(ResponseFuture future) noexcept : future_(std::move(future)) {}
  ResponseFuture future_;
};

class AHP_EXPORT ResponseFuture::promise_type {
 public:
  promise_type();
  ~promise_type();
  promise_type(const promise_type&) = delete;
  promise_type& operator=(const promise_type&) = delete;

  [[nodiscard]] ResponseFuture get_return_object() noexcept;
  [[nodiscard]] std::suspend_never initial_suspend() noexcept { return {}; }
  class Finish;
  [[nodiscard]] Finish final_suspend() noexcept;
  void return_value(StreamingResponse response) noexcept;
  void unhandled_exception() noexcept;

  // So that a cancelled coroutine cancels what it waits for.
  [[nodiscard]] Awaiter await_transform(ResponseFuture&& future) noexcept;
  [[nodiscard]] BodyReader::ReadAwaiter&& await_transform(
      BodyReader::ReadAwaiter&& awaiter) noexcept;
  template <typename Awaitable>
  [[nodiscard]] Awaitable&& await_transform(Awaitable&& awaitable) noexcept {
    return std::forward<Awaitable>(awaitable);
  }

 private:
  std::shared_ptr<FutureState> state_;  // shared with the future; null at the end
  std::optional<StreamingResponse> response_;
  std::exception_ptr failure_;
};

/// Destroys the coroutine, and makes its future ready after that.
class AHP_EXPORT ResponseFuture::promise_type::Finish {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Not inline: clang may keep the locals of an inlined one in the coroutine, which it destroys
  // (LLVM issue 56301).
  void await_suspend(std::coroutine_handle<promise_type> coroutine) noexcept;
  void await_resume() const noexcept {}
};

inline ResponseFuture::promise_type::Finish ResponseFuture::promise_type::final_suspend() noexcept {
  return {};
}

}  // namespace async_http_pool
