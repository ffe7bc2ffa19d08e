#pragma once

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/task_handler.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// What a task may have besides its request, handler and callback.
struct TaskOptions {
  /// Whether other responses than 2xx are errors; none: as the configuration says.
  std::optional<bool> raise_error_responses = {};
  /// Sent as `x-request-id` and returned with the outcome; empty: a random UUID (RFC 9562, version
  /// 4).
  std::string id = {};
};

/// A unit of work for a processor: a request and who is to learn of its outcome. A value; one
/// thread at a time.
class AHP_EXPORT RequestTask {
 public:
  using Clock = std::chrono::system_clock;

  /// `callback` is a name of the application's own, handed to the handler. Throws
  /// `std::invalid_argument` when `handler` is null, `callback` is empty or the id could not be
  /// sent as a header value.
  RequestTask(Request request, std::shared_ptr<TaskHandler> handler, std::string_view callback,
              CallbackArgs callback_args = {}, TaskOptions options = {});

  /// Reads the form that `to_json` writes; the handler, which has none, is given anew, and there
  /// are no times yet. Request, callback and id are required, the rest may be missing or null.
  /// Throws `ParseError`, and `std::invalid_argument` when `handler` is null.
  static RequestTask from_json(std::string_view text, std::shared_ptr<TaskHandler> handler,
                               const ParseLimits& limits = {});
  /// What a job queue needs to run the task again: `{"request":{...},"callback":...,
  /// "callback_args":{...},"raise_error_responses":null,"id":...,"redirects":[...]}`. Throws
  /// `std::invalid_argument` when the callback is not UTF-8, and what `Request::to_json` throws.
  [[nodiscard]] std::string to_json() const;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const Request& request() const noexcept { return request_; }
  [[nodiscard]] const std::shared_ptr<TaskHandler>& handler() const noexcept { return handler_; }
  [[nodiscard]] const std::string& callback() const noexcept { return callback_; }
  [[nodiscard]] const CallbackArgs& callback_args() const noexcept { return callback_args_; }
  [[nodiscard]] std::optional<bool> raise_error_responses() const noexcept {
    return raise_error_responses_;
  }
  /// The URLs that were redirected from, oldest first.
  [[nodiscard]] const std::vector<std::string>& redirects() const noexcept { return redirects_; }

  /// When the task was accepted, when its request went out, when that was over.
  [[nodiscard]] std::optional<Clock::time_point> enqueued_at() const noexcept {
    return enqueued_at_;
  }
  [[nodiscard]] std::optional<Clock::time_point> started_at() const noexcept { return started_at_; }
  [[nodiscard]] std::optional<Clock::time_point> completed_at() const noexcept {
    return completed_at_;
  }
  /// From the request's start to its end, on a monotonic clock; none before the start.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> duration() const noexcept {
    return duration_;
  }

 private:
  friend class TaskAccess;  // the processor keeps the times and makes the tasks of redirects
  std::string id_;
  Request request_;
  std::shared_ptr<TaskHandler> handler_;
  std::string callback_;
  CallbackArgs callback_args_;
  std::optional<bool> raise_error_responses_;
  std::vector<std::string> redirects_;
  std::optional<Clock::time_point> enqueued_at_;
  std::optional<Clock::time_point> started_at_;
  std::optional<Clock::time_point> completed_at_;
  std::optional<std::chrono::nanoseconds> duration_;
};

}  // namespace async_http_pool
