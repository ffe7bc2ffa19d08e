#pragma once

#include <async_http_pool/export.hpp>

#include <string_view>

namespace async_http_pool {

class Error;
class Response;

/// The application's side of a task: what happens when its request completes, fails, or is given
/// back.
///
/// Exactly one of the three is called, once, for each task that `Processor::enqueue` accepted. They
/// run on an agent thread, so keep them short: hand the result to your job queue and return. While
/// one runs, no other request of that agent makes progress;
/// `Configuration::slow_callback_threshold` reports those that take long. They may enqueue and call
/// any member of `Processor` but `wait_until_idle`; the task that has just ended counts towards
/// `max_connections` until its handler is gone. An exception is logged and contained.
class AHP_EXPORT TaskHandler {
 public:
  virtual ~TaskHandler();
  /// The request got a response; of any status unless the task asked for `raise_error_responses`.
  /// `callback` is the name that the task was made with. Copy the response to keep it: copies are
  /// cheap.
  virtual void on_complete(const Response& response, std::string_view callback) = 0;
  /// The request failed. `error.clone()` keeps it.
  virtual void on_error(const Error& error, std::string_view callback) = 0;
  /// The processor stopped (or its agent died) before the request had an outcome: enqueue it again
  /// later. The server may have seen it all the same.
  virtual void retry() = 0;

  /// Whether `on_body` gets the body of the response as it arrives. Asked once, when the task is
  /// enqueued. Default: no, it comes with the response.
  [[nodiscard]] virtual bool streams_body() const;
  /// A piece of the body, of any size above 0; `response` has the status and headers, and no body.
  /// Called for the final response only: not for those of redirects and retries, nor for what
  /// `raise_error_responses` makes an error. Then come `on_complete`, whose response has no body
  /// either, `on_error` when it broke off, or `retry`; the task is not retried by itself once this
  /// was called. `max_response_size` does not count for it. While it works the server has to wait,
  /// and so does the agent: take the bytes and return. What it throws fails the request, with
  /// `Error::cause`.
  virtual void on_body(const Response& response, std::string_view bytes);
};

}  // namespace async_http_pool
