#pragma once

#include <chrono>

namespace async_http_pool {

/// How long to wait for the next attempt to connect after `failures` in a row: 100 ms, doubling up
/// to 5 s, of which the upper half is spread by `fraction`, a random number of [0, 1), so that
/// clients do not come back all at once.
[[nodiscard]] std::chrono::milliseconds redis_backoff(int failures, double fraction) noexcept;

}  // namespace async_http_pool
