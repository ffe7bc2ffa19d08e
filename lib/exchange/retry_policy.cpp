#include "exchange/retry_policy.hpp"

#include "base/backoff.hpp"
#include "http/method.hpp"

#include <algorithm>
#include <cmath>

namespace async_http_pool {

namespace {

/// Full jitter: anything from nothing to the pause that doubles with each retry.
Milliseconds pause_of(const RetrySituation& situation) noexcept {
  const double longest =
      backoff_ms(situation.first_delay, situation.retries_made, situation.delay_max);
  return Milliseconds(static_cast<Milliseconds::rep>(
      std::ceil(longest * situation.jitter)));  // rounded down 1 ms would be no pause ever
}

/// Another attempt may do better: the connection failed, or a limit of this attempt alone was
/// reached.
bool is_of_attempt(const TransferFailure& failure) noexcept {
  switch (failure.code) {
    case ErrorCode::connect_timeout:
    case ErrorCode::first_byte_timeout:
    case ErrorCode::idle_timeout:
    case ErrorCode::attempt_timeout:
    case ErrorCode::low_speed:
      return true;
    default:
      return failure.type == ErrorType::connection;
  }
}

/// What the server asks for; 0 when it does not, or not so that it can be understood.
std::chrono::seconds retry_after(const AnsweredAttempt& attempt) noexcept {
  const auto field = attempt.headers.get("retry-after");
  if (!field) return std::chrono::seconds(0);
  // By the server's own clock, where it tells: ours may be wrong.
  const auto date = parse_http_date(attempt.headers.get("date").value_or(""), attempt.now);
  return parse_retry_after(*field, date.value_or(attempt.now)).value_or(std::chrono::seconds(0));
}

}  // namespace

bool is_of_stale_connection(const TransferFailure& failure,
                            const RetrySituation& situation) noexcept {
  return failure.is_stale_connection && situation.retries_made == 0;
}

bool may_repeat(const Request& request, RepeatPermission permission) noexcept {
  return permission == RepeatPermission::granted || is_idempotent(request.method()) ||
         !request.headers().get("idempotency-key").value_or("").empty();
}

std::optional<Milliseconds> decide_retry(const FailedAttempt& attempt,
                                         const RetrySituation& situation) {
  const TransferFailure& failure = attempt.failure;
  const bool is_harmless = situation.may_repeat || failure.never_sent;
  if (!is_of_attempt(failure) || attempt.has_response_bytes || !is_harmless) return std::nullopt;
  if (failure.is_refusal) return std::nullopt;
  if (situation.retries_made >= situation.retries_max) return std::nullopt;
  return is_of_stale_connection(failure, situation) ? Milliseconds(0) : pause_of(situation);
}

std::optional<Milliseconds> decide_retry(const AnsweredAttempt& attempt,
                                         const RetrySituation& situation) {
  const bool is_asked_for =
      std::ranges::find(attempt.retry_statuses, attempt.status) != attempt.retry_statuses.end();
  if (!is_asked_for || !situation.may_repeat || situation.retries_made >= situation.retries_max)
    return std::nullopt;
  const Milliseconds floor = std::min<Milliseconds>(retry_after(attempt), attempt.retry_after_max);
  return floor + pause_of(situation);  // those who were told the same do not all come at once
}

}  // namespace async_http_pool
