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
};

}  // namespace async_http_pool
