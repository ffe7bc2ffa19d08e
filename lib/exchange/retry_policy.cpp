#include "exchange/retry_policy.hpp"

#include "base/backoff.hpp"

#include <cmath>

namespace async_http_pool {

namespace {

constexpr std::chrono::milliseconds delay_max = std::chrono::seconds(30);

}  // namespace

std::optional<std::chrono::milliseconds> decide_retry(const TransferFailure& failure,
                                                      const RetrySituation& situation) {
  const bool is_harmless = situation.is_idempotent || failure.never_sent;
  if (failure.type != ErrorType::connection || situation.has_response_bytes || !is_harmless)
    return std::nullopt;
  if (failure.code == ErrorCode::proxy_failure) return std::nullopt;  // it has answered: no
  if (situation.retries_made >= situation.retries_max) return std::nullopt;
  const double longest = backoff_ms(situation.first_delay, situation.retries_made, delay_max);
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(
      std::ceil(longest * (0.5 + situation.jitter / 2))));  // half of 1 ms is no pause
}

}  // namespace async_http_pool
