#pragma once

#include "response/transfer_failure.hpp"

#include <chrono>
#include <optional>

namespace async_http_pool {

/// What a decision about a retry depends on.
struct RetrySituation {
  bool is_idempotent = false;  ///< the request may be processed twice (RFC 9110, section 9.2.2)
  bool has_response_bytes = false;  ///< some of a response arrived
  int retries_made = 0;
  int retries_max = 0;
  std::chrono::milliseconds first_delay{0};  ///< `Configuration::retry_delay`
  double jitter = 0.0;                       ///< a random number of [0, 1)
};

/// How long to wait before another attempt; none: the failure is final. A pure function.
///
/// Retried are failures of the connection before any byte of a response, when the request is
/// idempotent or surely never reached a server. The pause doubles each time, up to 30 s, and is
/// random between half of that and all.
[[nodiscard]] std::optional<std::chrono::milliseconds> decide_retry(
    const TransferFailure& failure, const RetrySituation& situation);

}  // namespace async_http_pool
