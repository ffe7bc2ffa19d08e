#include "stores/redis_backoff.hpp"

#include <algorithm>

namespace async_http_pool {

std::chrono::milliseconds redis_backoff(int failures, double fraction) noexcept {
  constexpr int first_ms = 100;
  constexpr int last_ms = 5000;
  constexpr int doublings_max = 6;  // 6400 ms
  if (failures <= 0) return std::chrono::milliseconds(0);
  const int limit_ms = std::min(first_ms << std::min(failures - 1, doublings_max), last_ms);
  const double part = 0.5 + std::clamp(fraction, 0.0, 1.0) / 2;
  return std::chrono::milliseconds(static_cast<int>(limit_ms * part));
}

}  // namespace async_http_pool
