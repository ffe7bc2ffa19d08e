#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <async_http_pool/request_task.hpp>

namespace async_http_pool {

/// What only the processor and the exchange may change of a task.
class TaskAccess {
 public:
  static void mark_enqueued(RequestTask& task);
  static void mark_started(RequestTask& task);
  static void mark_completed(RequestTask& task, std::chrono::nanoseconds duration);

  /// The task for the next hop: id "<base>/2", "<base>/3"..., the current URL added to `redirects`,
  /// no times but `enqueued_at`.
  [[nodiscard]] static RequestTask redirected(const RequestTask& task, Request next);
  /// For a task that was written in the middle of a chain. Throws `std::invalid_argument` unless
  /// its id ends as `redirected` would have it.
  static void set_redirects(RequestTask& task, std::vector<std::string> redirects);
  /// The id that the application knows: without the "/2" of a hop.
  [[nodiscard]] static std::string base_id(const RequestTask& task);
};

}  // namespace async_http_pool
