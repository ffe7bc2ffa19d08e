#include "exchange/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace async_http_pool {

namespace {

constexpr std::chrono::milliseconds delay_max = std::chrono::seconds(30);
constexpr int doublings_max = 30;  // beyond it the limit is reached from any first delay

}  // namespace

std::optional<std::chrono::milliseconds> decide_retry(const TransferFailure& failure,
                                                      const RetrySituation& situation) {
  const bool is_harmless = situation.is_idempotent || failure.never_sent;
  if (failure.type != ErrorType::connection || situation.has_response_bytes || !is_harmless)
    return std::nullopt;
  if (failure.code == ErrorCode::proxy_failure) return std::nullopt;  // it has answered: no
  if (situation.retries_made >= situation.retries_max) return std::nullopt;
  const double doubled = std::ldexp(static_cast<double>(situation.first_delay.count()),
                                    std::min(situation.retries_made, doublings_max));
  const double longest = std::min(doubled, static_cast<double>(delay_max.count()));
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(
      std::ceil(longest * (0.5 + situation.jitter / 2))));  // half of 1 ms is no pause
}

}  // namespace async_http_pool
