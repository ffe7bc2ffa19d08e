#include "processor/pending_task.hpp"

#include <memory>

namespace async_http_pool {

void PendingTask::on_hop_started(const RequestTask& task) noexcept {
  is_under_way_ = true;
  host_.on_request_started(*this, task);
}

void PendingTask::on_hop_redirected(const RequestTask& task) noexcept {
  is_under_way_ = false;
  host_.on_request_ended(*this, task);
}

void PendingTask::on_response(const RequestTask& task, const Response& response) noexcept {
  const auto callback = [](const RequestTask& of, const void* outcome) {
    of.handler()->on_complete(*static_cast<const Response*>(outcome), of.callback());
  };
  host_.run_callback(task, "on_complete", callback, &response);
  end(task);
}

void PendingTask::on_error(const RequestTask& task, const Error& error) noexcept {
  const auto callback = [](const RequestTask& of, const void* outcome) {
    of.handler()->on_error(*static_cast<const Error*>(outcome), of.callback());
  };
  host_.on_request_failed(task, error);
  host_.run_callback(task, "on_error", callback, &error);
  end(task);
}

void PendingTask::on_given_back(const RequestTask& task) noexcept {
  const auto callback = [](const RequestTask& of, const void*) { of.handler()->retry(); };
  host_.run_callback(task, "retry", callback, nullptr);
  end(task);
}

void PendingTask::end(const RequestTask& task) noexcept {
  const std::unique_ptr<PendingTask> self(this);
  if (is_under_way_) host_.on_request_ended(*this, task);
}

}  // namespace async_http_pool
