#include "processor/pending_task.hpp"

#include "agent/transfer_remote.hpp"
#include "base/exception_text.hpp"
#include "config/effective_options.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace async_http_pool {

namespace {

std::unique_ptr<TaskBody> body_for(const RequestTask& task, const Configuration& configuration) {
  if (!task.handler()->streams_body()) return nullptr;
  const EffectiveOptions options{task.request().config(), configuration.request_config()};
  return std::make_unique<TaskBody>(options.stream_buffer_size());
}

}  // namespace

PendingTask::PendingTask(PendingTaskHost& host, Slot slot, RequestTask&& task, AgentPool& pool)
    : slot_(std::move(slot)),
      host_(host),
      body_(body_for(task, pool.configuration())),
      exchange_(std::move(task), pool.configuration(), pool.transport(), pool.retry_budget(), *this,
                {.streams_body = body_ != nullptr}) {}

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
  if (body_ != nullptr && body_->failure != nullptr) {
    report_failed_body(task, error.metrics());
  } else {
    report_error(task, error);
  }
  end(task);
}

void PendingTask::report_error(const RequestTask& task, const Error& error) noexcept {
  const auto callback = [](const RequestTask& of, const void* outcome) {
    of.handler()->on_error(*static_cast<const Error*>(outcome), of.callback());
  };
  host_.on_request_failed(task, error);
  host_.run_callback(task, "on_error", callback, &error);
}

// --- A body that is handed on as it comes ---

BodySink* PendingTask::on_final_head(int status, const Headers& headers) noexcept {
  static_cast<void>(status);
  static_cast<void>(headers);
  return body_.get();
}

void PendingTask::on_stream_started(const RequestTask& task, TransferHead&& head) noexcept {
  try {
    body_->start(task, std::move(head));
  } catch (...) {
    stop_body(std::current_exception());
  }
}

void PendingTask::on_stream_bytes(const RequestTask& task) noexcept {
  const std::string bytes = body_->take();
  if (body_->failure == nullptr && !bytes.empty()) hand_over(task, bytes);
  if (body_->take_refusal()) exchange_.remote()->resume_body();
}

void PendingTask::hand_over(const RequestTask& task, std::string_view bytes) noexcept {
  struct Piece {
    PendingTask& pending;
    std::string_view bytes;
  };
  const Piece piece{*this, bytes};
  const auto callback = [](const RequestTask& of, const void* outcome) {
    const Piece& given = *static_cast<const Piece*>(outcome);
    try {
      of.handler()->on_body(*given.pending.body_->head(), given.bytes);
    } catch (...) {
      given.pending.stop_body(std::current_exception());
    }
  };
  host_.run_callback(task, "on_body", callback, &piece);
}

void PendingTask::stop_body(std::exception_ptr reason) noexcept {
  body_->failure = std::move(reason);
  exchange_.remote()->cancel();
}

void PendingTask::on_stream_ended(const RequestTask& task, const Headers& trailers,
                                  const Metrics& metrics) noexcept {
  try {
    if (body_->failure == nullptr) {
      on_response(task, body_->end(task, trailers, metrics));
      return;
    }
  } catch (...) {
    body_->failure = std::current_exception();  // no memory for the outcome
  }
  report_failed_body(task, metrics);
  end(task);
}

void PendingTask::report_failed_body(const RequestTask& task, const Metrics& metrics) noexcept {
  std::string reason;
  try {
    std::rethrow_exception(body_->failure);
  } catch (...) {
    reason = current_exception_text();
  }
  const ErrorContext context{.url = task.request().url(),
                             .method = task.request().method(),
                             .request_id = task.id(),
                             .duration = task.duration().value_or(std::chrono::nanoseconds(0)),
                             .callback_args = task.callback_args(),
                             .metrics = metrics,
                             .cause = body_->failure};
  report_error(task, RequestError(ErrorType::unknown, ErrorCode::cancelled,
                                  "on_body threw: " + reason, context));
}

// --- The end ---

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
