#include "request/task_access.hpp"

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace async_http_pool {

void TaskAccess::mark_enqueued(RequestTask& task) { task.enqueued_at_ = RequestTask::Clock::now(); }

void TaskAccess::mark_started(RequestTask& task) { task.started_at_ = RequestTask::Clock::now(); }

void TaskAccess::mark_completed(RequestTask& task, std::chrono::nanoseconds duration) {
  task.completed_at_ = RequestTask::Clock::now();
  task.duration_ = duration;
}

RequestTask TaskAccess::redirected(const RequestTask& task, Request next) {
  RequestTask hop = task;
  hop.redirects_.push_back(task.request_.url());
  // The first request is hop 1 and carries the bare id.
  hop.id_ = base_id(task) + "/" + std::to_string(hop.redirects_.size() + 1);
  hop.request_ = std::move(next);
  hop.started_at_.reset();
  hop.completed_at_.reset();
  hop.duration_.reset();
  return hop;
}

void TaskAccess::set_redirects(RequestTask& task, std::vector<std::string> redirects) {
  if (redirects.empty()) return;
  const std::string suffix = "/" + std::to_string(redirects.size() + 1);
  if (!task.id_.ends_with(suffix))
    throw std::invalid_argument("does not end in \"" + suffix + "\", as its redirects have it");
  task.redirects_ = std::move(redirects);
}

std::string TaskAccess::base_id(const RequestTask& task) {
  // An application's own id may end in "/2" as well: only a redirected task has a suffix of ours.
  if (task.redirects_.empty()) return task.id_;
  const std::size_t suffix = std::to_string(task.redirects_.size() + 1).size() + 1;
  return task.id_.substr(0, task.id_.size() - suffix);
}

}  // namespace async_http_pool
