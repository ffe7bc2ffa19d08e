#include "exchange/exchange.hpp"

#include "base/random_fraction.hpp"
#include "http/url.hpp"
#include "request/task_access.hpp"

#include <async_http_pool/cookie_jar.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
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

Exchange::Exchange(RequestTask&& task, const Configuration& configuration, Transport& transport,
                   RetryBudget& retry_budget, ExchangeListener& listener, ExchangeOptions options)
    : task_(std::move(task)),
      configuration_(configuration),
      transport_(transport),
      retry_budget_(retry_budget),
      listener_(listener),
      stream_options_(options),
      enqueued_at_(SteadyClock::now()),
      deadline_(enqueued_at_ + timeout_of(task_, configuration)) {
  if (options.streams_body || options.can_be_cancelled || task_.request().body_source() != nullptr)
    remote_ = transport_.make_remote(task_.request().origin());
  source_claim_.begin(task_.request().body_source(), remote_.get());
}

EffectiveOptions Exchange::options() const noexcept { return options_of(task_, configuration_); }

int Exchange::redirects_max() const noexcept {
  return task_.request().max_redirects().value_or(options().max_redirects());
}

bool Exchange::start() {
  const std::size_t url_bytes = task_.request().url().size();
  const std::size_t url_bytes_max = options().max_url_size();
  if (url_bytes > url_bytes_max) {
    throw std::invalid_argument("url must have at most " + std::to_string(url_bytes_max) +
                                " bytes (max_url_size), got: " + std::to_string(url_bytes) +
                                " bytes");
  }
  return submit(TimePoint::min());
}

bool Exchange::submit(TimePoint start_at) {
  const Request& request = task_.request();
  const EffectiveOptions options = this->options();
  CookieJar* const jar = cookie_jar();
  TransferOrder order{.request = request,
                      .origin = request.origin(),
                      .request_id = task_.id(),
                      .timeout = request.timeout().value_or(options.timeout()),
                      .deadline = deadline_,
                      .start_at = start_at,
                      .is_follow_up = order_.has_value(),
                      .may_ask = !is_expectation_refused_,
                      .cookies = jar == nullptr ? std::string() : jar->header_for(request.url()),
                      .streams_body = stream_options_.streams_body,
                      .wants_progress = stream_options_.wants_progress,
                      .stream_deadline = stream_deadline(options.stream_timeout()),
                      .stream_timeout = options.stream_timeout(),
                      .remote = remote_};
  return transport_.submit(order_.emplace(std::move(order), static_cast<TransferListener&>(*this)));
}

TimePoint Exchange::stream_deadline(Milliseconds timeout) const noexcept {
  return timeout > Milliseconds(0) ? enqueued_at_ + timeout : TimePoint::max();
}

void Exchange::submit_or_give_back(TimePoint start_at) {
  if (submit(start_at)) return;
  source_claim_.end();
  listener_.on_given_back(task_);
}

void Exchange::on_transfer_started() noexcept {
  const TimePoint now = SteadyClock::now();
  waiting_retry_.use(now);
  if (metrics_.attempts++ == 0) metrics_.queue = age(now);
  if (std::exchange(is_hop_started_, true)) return;  // a retry belongs to the same hop
  hop_started_at_ = now;
  count_request(now);
  TaskAccess::mark_started(task_);
  listener_.on_hop_started(task_);
}

void Exchange::count_request(TimePoint now) noexcept {
  try {
    retry_budget_.note_request(task_.request().origin(), now);
  } catch (const std::exception&) {
    // No memory: the origin has a share of a retry less.
  }
}

void Exchange::on_transfer_given_back() noexcept {
  source_claim_.end();
  listener_.on_given_back(task_);
}

void Exchange::on_transfer_done(TransferResult&& result) noexcept {
  try {
    decide(std::move(result));
  } catch (const std::exception&) {
    // No memory for the outcome. Every listener call is the last thing that `decide` does and does
    // not throw, so none was made yet.
    source_claim_.end();
    listener_.on_given_back(task_);
  }
}

void Exchange::decide(TransferResult&& result) {
  const TimePoint now = SteadyClock::now();
  if (is_hop_started_) TaskAccess::mark_completed(task_, now - hop_started_at_);
  note_metrics(std::move(result.metrics), now);
  if (result.is_streamed) {
    end_stream(std::move(result));
  } else if (result.failure) {
    handle_failure(*result.failure, result.has_response_bytes);
  } else {
    handle_response(std::move(result));
  }
}

Metrics::Microseconds Exchange::age(TimePoint now) const noexcept {
  return std::chrono::duration_cast<Metrics::Microseconds>(now - enqueued_at_);
}

void Exchange::note_metrics(Metrics&& attempt, TimePoint now) noexcept {
  attempt.total = age(now);
  attempt.queue = metrics_.attempts > 0 ? metrics_.queue : attempt.total;
  attempt.redirect = metrics_.redirect;
  attempt.attempts = metrics_.attempts;
  metrics_ = std::move(attempt);
}

void Exchange::handle_failure(const TransferFailure& failure, bool has_response_bytes) {
  const RetrySituation situation = retry_situation();
  const auto delay = decide_retry(
      FailedAttempt{.failure = failure, .has_response_bytes = has_response_bytes}, situation);
  const bool is_free = is_of_stale_connection(failure, situation);
  if (!try_again(delay, is_free ? RetryCost::none : RetryCost::budget)) fail(failure);
}

RetrySituation Exchange::retry_situation() const noexcept {
  const EffectiveOptions options = this->options();
  const auto permission =
      options.retry_unsafe() ? RepeatPermission::granted : RepeatPermission::by_method;
  return {.may_repeat = may_repeat(task_.request(), permission),
          .retries_made = retries_made_,
          .retries_max = options.retries(),
          .first_delay = options.retry_delay(),
          .delay_max = options.retry_delay_max(),
          .jitter = random_fraction()};
}

bool Exchange::try_again(std::optional<Milliseconds> delay, RetryCost cost) {
  if (!delay) return false;
  const TimePoint now = SteadyClock::now();
  if (now + *delay >= deadline_ || !source_claim_.start_over()) return false;
  if (cost == RetryCost::budget) {
    waiting_retry_ = retry_budget_.reserve(task_.request().origin(), now);
    if (!waiting_retry_) return false;
  }
  ++retries_made_;
  submit_or_give_back(now + *delay);
  return true;
}

std::optional<Milliseconds> Exchange::decide_retry_of(int status, const Headers& headers) const {
  const EffectiveOptions options = this->options();
  if (options.retry_statuses().empty()) return std::nullopt;  // without a look at the clock
  return decide_retry(AnsweredAttempt{.status = status,
                                      .headers = headers,
                                      .retry_statuses = options.retry_statuses(),
                                      .retry_after_max = options.retry_after_max(),
                                      .now = std::chrono::floor<std::chrono::seconds>(
                                          std::chrono::system_clock::now())},
                      retry_situation());
}

RedirectDecision Exchange::decide_redirect_of(int status, const Headers& headers) const {
  if (status / 100 != 3) return {};  // without a look at the options
  const EffectiveOptions options = this->options();
  return decide_redirect(task_.request(), status, headers, task_.redirects(),
                         {.redirects_max = redirects_max(),
                          .allow_https_to_http = options.allow_https_to_http(),
                          .referer = options.referer(),
                          .keeps_cookies = cookie_jar() != nullptr,
                          .sensitive_headers = options.sensitive_headers()});
}

void Exchange::handle_response(TransferResult&& result) {
  keep_cookies(result.headers, result.earlier_cookies);
  if (result.is_expectation_refused && !std::exchange(is_expectation_refused_, true)) {
    submit_or_give_back(TimePoint::min());  // no retry: the server has taken nothing
    return;
  }
  if (try_again(decide_retry_of(result.status, result.headers), RetryCost::budget)) return;
  RedirectDecision decision = decide_redirect_of(result.status, result.headers);
  switch (decision.verdict) {
    case RedirectVerdict::deliver:
      deliver(std::move(result));
      return;
    case RedirectVerdict::follow:
      follow_if_possible(std::move(*decision.next));
      return;
    case RedirectVerdict::refuse:
      fail({.code = ErrorCode::unsafe_redirect, .message = std::move(decision.reason)});
      return;
    case RedirectVerdict::too_many:
    case RedirectVerdict::recursive: {
      source_claim_.end();
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

CookieJar* Exchange::cookie_jar() const noexcept {
  const auto& own = task_.request().cookie_jar();
  CookieJar* const jar = own ? own.get() : configuration_.cookie_jar().get();
  return jar != nullptr && options().cookies() ? jar : nullptr;
}

void Exchange::keep_cookies(const Headers& headers,
                            const std::vector<std::string>& earlier_cookies) {
  constexpr std::size_t cookies_max = 50;  // of a response, as in libcurl
  CookieJar* const jar = cookie_jar();
  if (jar == nullptr) return;
  std::vector<std::string_view> fields(earlier_cookies.begin(), earlier_cookies.end());
  fields.resize(std::min(fields.size(), cookies_max));
  const std::size_t earlier_count = fields.size();
  const auto final_fields = headers.get_all("set-cookie");
  fields.insert(fields.end(), final_fields.begin(), final_fields.end());
  fields.resize(std::min(fields.size(), earlier_count + cookies_max));
  if (fields.empty()) return;
  // The query, of whatever length, has no say in cookies.
  const std::string& url = task_.request().url();
  const std::string_view source = std::string_view(url).substr(0, url.find_first_of("?#"));
  // One that the server may not set is its own affair.
  for (const std::string_view field : fields) static_cast<void>(jar->set(source, field));
}

void Exchange::deliver(TransferResult&& result) {
  source_claim_.end();
  Response response({.status = result.status,
                     .headers = std::move(result.headers),
                     .body = std::move(result.body),
                     .duration = task_.duration().value_or(std::chrono::nanoseconds(0)),
                     .request_id = TaskAccess::base_id(task_),
                     .url = task_.request().url(),
                     .method = task_.request().method(),
                     .callback_args = task_.callback_args(),
                     .redirects = task_.redirects(),
                     .trailers = std::move(result.trailers),
                     .metrics = std::move(metrics_),
                     .tls = std::move(result.tls)});
  if (raises_for(response.status())) {
    listener_.on_error(task_, *HttpError::create(std::move(response)));
  } else {
    listener_.on_response(task_, response);
  }
}

bool Exchange::raises_for(int status) const noexcept {
  return status / 100 != 2 &&
         task_.raise_error_responses().value_or(options().raise_error_responses());
}

void Exchange::follow_if_possible(Request next) {
  if (next.url().size() > options().max_url_size()) {
    fail({.code = ErrorCode::unsafe_redirect,
          .message = "redirect to a url of " + std::to_string(next.url().size()) +
                     " bytes, above max_url_size"});
  } else if (next.body_source() != nullptr && !source_claim_.start_over()) {
    fail({.code = ErrorCode::request_body,
          .message = "redirect that wants the body once more, which cannot be rewound"});
  } else {
    follow(std::move(next));
  }
}

void Exchange::follow(Request next) {
  if (next.body_source() == nullptr) source_claim_.end();
  RequestTask next_task = TaskAccess::redirected(task_, std::move(next));
  listener_.on_hop_redirected(task_);
  task_ = std::move(next_task);
  is_hop_started_ = false;
  is_expectation_refused_ = false;
  metrics_.redirect = age(SteadyClock::now());
  retries_made_ = 0;
  submit_or_give_back(TimePoint::min());
}

void Exchange::fail(TransferFailure failure) {
  source_claim_.end();
  ErrorContext context = error_context();
  context.cause = std::move(failure.cause);
  listener_.on_error(task_, RequestError(failure.type, failure.code, std::move(failure.message),
                                         std::move(context)));
}

ErrorContext Exchange::error_context() const {
  return {.url = task_.request().url(),
          .method = task_.request().method(),
          .request_id = task_.id(),
          .duration = task_.duration().value_or(std::chrono::nanoseconds(0)),
          .callback_args = task_.callback_args(),
          .metrics = metrics_};
}

}  // namespace async_http_pool
