#include "processor/task_body.hpp"

#include "request/task_access.hpp"

#include <chrono>
#include <utility>

namespace async_http_pool {

namespace {

ResponseParts parts_of(const RequestTask& task) {
  return {.duration = task.duration().value_or(std::chrono::nanoseconds(0)),
          .request_id = TaskAccess::base_id(task),
          .url = task.request().url(),
          .method = task.request().method(),
          .callback_args = task.callback_args(),
          .redirects = task.redirects()};
}

}  // namespace

bool TaskBody::write(std::string_view bytes) {
  if (!bytes_.empty() && bytes_.size() + bytes.size() > capacity_) {
    has_refused_ = true;
    return false;
  }
  bytes_.append(bytes);
  return true;
}

void TaskBody::start(const RequestTask& task, TransferHead head) {
  tls_ = std::move(head.tls);
  ResponseParts parts = parts_of(task);
  parts.status = head.status;
  parts.headers = std::move(head.headers);
  parts.metrics = std::move(head.metrics);
  parts.tls = tls_;
  head_.emplace(std::move(parts));
}

std::string TaskBody::take() { return std::exchange(bytes_, std::string()); }

Response TaskBody::end(const RequestTask& task, const Headers& trailers,
                       const Metrics& metrics) const {
  ResponseParts parts = parts_of(task);
  parts.status = head_->status();
  parts.headers = head_->headers();
  parts.trailers = trailers;
  parts.metrics = metrics;
  parts.tls = tls_;
  return Response(std::move(parts));
}

}  // namespace async_http_pool
