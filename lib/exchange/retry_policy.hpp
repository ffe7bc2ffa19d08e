#pragma once

#include "http/http_date.hpp"
#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>
#include <async_http_pool/option_types.hpp>
#include <async_http_pool/request.hpp>

#include <optional>

namespace async_http_pool {

/// What a decision about a retry depends on, whatever it was that went wrong.
struct RetrySituation {
  bool may_repeat = false;  ///< the request may be processed twice, see `may_repeat`
  int retries_made = 0;
  int retries_max = 0;
  Milliseconds first_delay{0};  ///< the option `retry_delay`
  Milliseconds delay_max{0};    ///< the option `retry_delay_max`
  double jitter = 0.0;          ///< a random number of [0, 1)
};

/// An attempt that ended without a usable response.
struct FailedAttempt {
  const TransferFailure& failure;
  bool has_response_bytes = false;  ///< some of a response arrived
};

/// An attempt that ended with a response.
struct AnsweredAttempt {
  int status = 0;
  const Headers& headers;
  const IntegerList& retry_statuses;
  Milliseconds retry_after_max{0};
  WallTime now;  ///< for a `retry-after` that is a date, when the response has no `date`
};

/// Whether a request may be processed twice: its method is idempotent (RFC 9110, section 9.2.2), it
/// has an `idempotency-key`, or the application says so (`retry_unsafe`).
enum class RepeatPermission { by_method, granted };
[[nodiscard]] bool may_repeat(const Request& request, RepeatPermission permission) noexcept;

/// Whether the first attempt went into a connection that the server had closed while it was idle.
/// That says nothing about how the server is, so another attempt needs neither a pause nor a place
/// in the budget.
[[nodiscard]] bool is_of_stale_connection(const TransferFailure& failure,
                                          const RetrySituation& situation) noexcept;

// How long to wait before another attempt; none: this one is final. Pure functions.
//
// The pause is random between 0 and a bound that doubles with each retry, up to `delay_max`.

/// Retried are failures of the connection, and time limits of a single attempt, before any byte of
/// a response, when the request may be repeated or surely never reached a server. Not the time-out
/// of the task: then the patience is over.
[[nodiscard]] std::optional<Milliseconds> decide_retry(const FailedAttempt& attempt,
                                                       const RetrySituation& situation);
/// Retried are the statuses asked for, when the request may be repeated; not before the time that
/// `retry-after` names, up to `retry_after_max`.
[[nodiscard]] std::optional<Milliseconds> decide_retry(const AnsweredAttempt& attempt,
                                                       const RetrySituation& situation);

}  // namespace async_http_pool
