#pragma once

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/error.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace async_http_pool {

/// How a task ended that was run to its end: with a response or with an error. A value type.
class AHP_EXPORT TaskOutcome {
 public:
  explicit TaskOutcome(Response response);
  explicit TaskOutcome(const Error& error);

  /// Null when it is an error.
  [[nodiscard]] const Response* response() const noexcept;
  /// Null when it is a response.
  [[nodiscard]] const Error* error() const noexcept { return error_.get(); }

 private:
  std::optional<Response> response_;
  std::shared_ptr<const Error> error_;  // shared by copies
};

/// Runs one task here and now: for tests, scripts, and jobs that have nothing better to do than to
/// wait. Redirects, retries, limits and errors are those of a `Processor` with the same
/// configuration. One thread at a time.
///
/// Needs no thread of its own, and keeps nothing between calls: each has connections of its own,
/// which it closes. So it may be made before a fork and used after it.
class AHP_EXPORT SynchronousExecutor {
 public:
  /// Called before the task's handler.
  struct Hooks {
    std::function<void(const Response& response)> on_complete = nullptr;
    std::function<void(const Error& error)> on_error = nullptr;
  };

  explicit SynchronousExecutor(const Configuration& configuration = {});
  SynchronousExecutor(const Configuration& configuration, Hooks hooks);
  ~SynchronousExecutor();
  SynchronousExecutor(SynchronousExecutor&&) noexcept;
  SynchronousExecutor& operator=(SynchronousExecutor&&) noexcept;

  /// Waits for the outcome of `task`, tells the hook, then the task's handler (`on_complete` or
  /// `on_error`, once; never `retry`), all on the calling thread, and returns it. When the library
  /// fails, the outcome is a `RequestError` of type unknown. What a hook or handler throws comes
  /// out of here: nothing else is called then. Throws `std::logic_error` on an agent thread, which
  /// must not wait, and from inside a hook or handler of the same executor; `std::runtime_error` or
  /// `std::bad_alloc` when the system has no descriptors or memory left. Signals are the
  /// application's as before, and their handlers do not end the wait; only SIGPIPE is kept from
  /// this thread meanwhile. Should others send one to the process just then, it may be taken for
  /// one of ours and swallowed.
  TaskOutcome call(RequestTask task);
  /// The same for a request of which only the outcome is wanted: the hook is told, no handler is.
  TaskOutcome call(Request request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace async_http_pool
