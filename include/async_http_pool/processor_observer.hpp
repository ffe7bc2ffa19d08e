#pragma once

#include <async_http_pool/export.hpp>

#include <chrono>
#include <string_view>

namespace async_http_pool {

class Error;
class RequestTask;

/// Watches a processor, for metrics and logs. Override what you need; each member does nothing by
/// itself.
///
/// Called on an agent thread unless said otherwise: be quick. Exceptions are logged and contained.
class AHP_EXPORT ProcessorObserver {
 public:
  virtual ~ProcessorObserver();
  /// The processor runs. On the thread that called `start`, or `observe` when it was running
  /// already. `start` and `stop` come in turn, never two at once.
  virtual void start() {}
  /// The processor stopped; every task has had its outcome.
  virtual void stop() {}
  /// A task was refused because of `max_connections`. On the thread that enqueued.
  virtual void capacity_exceeded() {}
  /// A request goes out: the first one of a task, and one for each redirect (its id ends in "/2",
  /// "/3"...).
  virtual void request_start(const RequestTask& task) { static_cast<void>(task); }
  /// A task ended with an error; comes before its `request_end`.
  virtual void request_error(const Error& error) { static_cast<void>(error); }
  /// What `request_start` announced is over: by a response, a redirect, an error or because it is
  /// given back.
  virtual void request_end(const RequestTask& task) { static_cast<void>(task); }
  /// A callback of the application held the agent up for `duration`.
  virtual void slow_callback(const RequestTask& task, std::chrono::nanoseconds duration) {
    static_cast<void>(task);
    static_cast<void>(duration);
  }
  /// An agent's loop ended by a failure that no request causes. Its tasks get `retry`, the
  /// processor stops.
  virtual void agent_failed(std::string_view reason) { static_cast<void>(reason); }
};

}  // namespace async_http_pool
