#pragma once

#include <chrono>
#include <optional>

#include "stores/s3_error.hpp"

namespace async_http_pool {

/// What a decision about another attempt depends on.
struct S3RetrySituation {
  int retries_made = 0;
  int retries_max = 0;
  std::chrono::milliseconds first_delay{0};  ///< `S3StoreOptions::retry_delay`
  double jitter = 0.0;                       ///< a random number of [0, 1)
  std::chrono::milliseconds time_left{0};    ///< of the call
};

/// How long to wait before another attempt; none: the failure is final. A pure function.
///
/// The pause is random between nothing and a limit that doubles each time, up to 20 s, and not
/// shorter than what the server asks for. Where that would leave no time for the attempt there is
/// none: the caller learns of the failure at once.
[[nodiscard]] std::optional<std::chrono::milliseconds> decide_s3_retry(
    const S3Failure& failure, const S3RetrySituation& situation);

}  // namespace async_http_pool
