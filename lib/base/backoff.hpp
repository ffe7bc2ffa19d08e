#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

namespace async_http_pool {

/// The longest pause before another attempt, in milliseconds: `first`, doubled `doublings` times,
/// up to `limit`. Jitter is the caller's.
[[nodiscard]] inline double backoff_ms(std::chrono::milliseconds first, int doublings,
                                       std::chrono::milliseconds limit) noexcept {
  constexpr int doublings_max = 60;  // beyond it the limit is reached from any first pause
  const double doubled =
      std::ldexp(static_cast<double>(first.count()), std::min(doublings, doublings_max));
  return std::min(doubled, static_cast<double>(limit.count()));
}

}  // namespace async_http_pool
