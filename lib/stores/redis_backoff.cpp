#include "stores/redis_backoff.hpp"

#include <algorithm>

#include "base/backoff.hpp"

namespace async_http_pool {

std::chrono::milliseconds redis_backoff(int failures, double fraction) noexcept {
  constexpr std::chrono::milliseconds first{100};
  constexpr std::chrono::milliseconds last{5000};
  if (failures <= 0) return std::chrono::milliseconds(0);
  const double part = 0.5 + std::clamp(fraction, 0.0, 1.0) / 2;
  return std::chrono::milliseconds(static_cast<int>(backoff_ms(first, failures - 1, last) * part));
}

}  // namespace async_http_pool
