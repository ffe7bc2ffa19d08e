#pragma once

namespace async_http_pool {

/// A random number of [0, 1), for jitter; not for secrets. any-thread
[[nodiscard]] double random_fraction() noexcept;

}  // namespace async_http_pool
