#include "processor/lone_task.hpp"

#include "mock/mock_access.hpp"

#include <chrono>
#include <utility>

namespace async_http_pool {

LoneTask::LoneTask(RequestTask task, const Configuration& configuration, RetryBudget& retry_budget,
                   std::unique_ptr<Selector> selector)
    : agent_(configuration, std::move(selector), transfer_double_of(configuration)),
      exchange_(std::move(task), configuration, agent_, retry_budget, *this) {}

TaskOutcome LoneTask::run() {
  std::optional<std::string> reason;
  if (exchange_.start()) reason = agent_.run();
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  if (outcome_) return std::move(*outcome_);
  const RequestTask& task = exchange_.task();
  const ErrorContext context = {.url = task.request().url(),
                                .method = task.request().method(),
                                .request_id = task.id(),
                                .duration = task.duration().value_or(std::chrono::nanoseconds(0)),
                                .callback_args = task.callback_args()};
  return TaskOutcome(reason ? RequestError(ErrorType::unknown, ErrorCode::internal,
                                           "agent failed: " + *reason, context)
                            : RequestError(ErrorType::unknown, ErrorCode::out_of_resources,
                                           "no memory was left for the outcome", context));
}

void LoneTask::on_response(const RequestTask&, const Response& response) noexcept { end(response); }

void LoneTask::on_error(const RequestTask&, const Error& error) noexcept { end(error); }

void LoneTask::on_given_back(const RequestTask&) noexcept { agent_.stop_at(TimePoint::min()); }

template <typename Result>
void LoneTask::end(const Result& result) noexcept {
  try {
    outcome_.emplace(result);
  } catch (...) {
    failure_ = std::current_exception();
  }
  agent_.stop_at(TimePoint::min());
}

}  // namespace async_http_pool
