#include "exchange/exchange.hpp"

#include "base/random_fraction.hpp"
#include "exchange/redirect_policy.hpp"
#include "exchange/retry_policy.hpp"
#include "http/method.hpp"
#include "http/url.hpp"
#include "request/task_access.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace async_http_pool {

namespace {

EffectiveOptions options_of(const RequestTask& task, const Configuration& configuration) noexcept {
  return {task.request().config(), configuration.request_config()};
}

std::chrono::milliseconds timeout_of(const RequestTask& task,
                                     const Configuration& configuration) noexcept {
  return task.request().timeout().value_or(options_of(task, configuration).timeout());
}

std::vector<std::string> urls_of(const RequestTask& task) {
  std::vector<std::string> urls = task.redirects();
  urls.push_back(task.request().url());
  return urls;
}

}  // namespace

Exchange::Exchange(RequestTask task, const Configuration& configuration, Transport& transport,
                   ExchangeListener& listener)
    : task_(std::move(task)),
      configuration_(configuration),
      transport_(transport),
      listener_(listener),
      deadline_(SteadyClock::now() + timeout_of(task_, configuration)) {}

EffectiveOptions Exchange::options() const noexcept { return options_of(task_, configuration_); }

int Exchange::redirects_max() const noexcept {
  return task_.request().max_redirects().value_or(options().max_redirects());
}

bool Exchange::submit(TimePoint start_at) {
  return transport_.submit({.request = task_.request(),
                            .origin = origin_of(task_.request().url()),
                            .request_id = task_.id(),
                            .timeout = timeout_of(task_, configuration_),
                            .deadline = deadline_,
                            .start_at = start_at},
                           *this);
}

void Exchange::submit_or_give_back(TimePoint start_at) {
  if (!submit(start_at)) listener_.on_given_back(task_);
}

void Exchange::on_transfer_started() noexcept {
  if (std::exchange(is_hop_started_, true)) return;  // a retry belongs to the same hop
  hop_started_at_ = SteadyClock::now();
  TaskAccess::mark_started(task_);
  listener_.on_hop_started(task_);
}

void Exchange::on_transfer_given_back() noexcept { listener_.on_given_back(task_); }

void Exchange::on_transfer_done(TransferResult result) noexcept {
  try {
    decide(std::move(result));
  } catch (const std::exception&) {
    // No memory for the outcome. Every listener call is the last thing that `decide` does and does
    // not throw, so none was made yet.
    listener_.on_given_back(task_);
  }
}

void Exchange::decide(TransferResult result) {
  if (is_hop_started_) TaskAccess::mark_completed(task_, SteadyClock::now() - hop_started_at_);
  if (result.failure) {
    handle_failure(*result.failure, result.has_response_bytes);
  } else {
    handle_response(std::move(result));
  }
}

void Exchange::handle_failure(const TransferFailure& failure, bool has_response_bytes) {
  const EffectiveOptions options = this->options();
  const auto delay =
      decide_retry(failure, {.is_idempotent = is_idempotent(task_.request().method()),
                             .has_response_bytes = has_response_bytes,
                             .retries_made = retries_made_,
                             .retries_max = options.retries(),
                             .first_delay = options.retry_delay(),
                             .jitter = random_fraction()});
  const TimePoint now = SteadyClock::now();
  if (!delay || now + *delay >= deadline_) {
    fail(failure.type, failure.code, failure.message);
    return;
  }
  ++retries_made_;
  submit_or_give_back(now + *delay);
}

void Exchange::handle_response(TransferResult result) {
  RedirectDecision decision = decide_redirect(task_.request(), result.status, result.headers,
                                              task_.redirects(), redirects_max());
  switch (decision.verdict) {
    case RedirectVerdict::deliver:
      deliver(std::move(result));
      return;
    case RedirectVerdict::follow:
      follow(std::move(*decision.next));
      return;
    case RedirectVerdict::refuse:
      fail(ErrorType::unknown, ErrorCode::unsafe_redirect, std::move(decision.reason));
      return;
    case RedirectVerdict::too_many:
    case RedirectVerdict::recursive: {
      ErrorContext context = error_context();
      context.url = std::move(decision.url);
      if (decision.verdict == RedirectVerdict::too_many) {
        listener_.on_error(task_, TooManyRedirectsError(context, urls_of(task_)));
      } else {
        listener_.on_error(task_, RecursiveRedirectError(context, urls_of(task_)));
      }
      return;
    }
  }
}

void Exchange::deliver(TransferResult result) {
  Response response({.status = result.status,
                     .headers = std::move(result.headers),
                     .body = std::move(result.body),
                     .duration = task_.duration().value_or(std::chrono::nanoseconds(0)),
                     .request_id = TaskAccess::base_id(task_),
                     .url = task_.request().url(),
                     .method = task_.request().method(),
                     .callback_args = task_.callback_args(),
                     .redirects = task_.redirects()});
  const bool raises = task_.raise_error_responses().value_or(options().raise_error_responses());
  if (raises && !response.is_success()) {
    listener_.on_error(task_, *HttpError::create(std::move(response)));
  } else {
    listener_.on_response(task_, response);
  }
}

void Exchange::follow(Request next) {
  RequestTask next_task = TaskAccess::redirected(task_, std::move(next));
  listener_.on_hop_redirected(task_);
  task_ = std::move(next_task);
  is_hop_started_ = false;
  retries_made_ = 0;
  submit_or_give_back(TimePoint::min());
}

void Exchange::fail(ErrorType type, ErrorCode code, std::string message) {
  listener_.on_error(task_, RequestError(type, code, std::move(message), error_context()));
}

ErrorContext Exchange::error_context() const {
  return {.url = task_.request().url(),
          .method = task_.request().method(),
          .request_id = task_.id(),
          .duration = task_.duration().value_or(std::chrono::nanoseconds(0)),
          .callback_args = task_.callback_args()};
}

}  // namespace async_http_pool
