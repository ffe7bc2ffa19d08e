#pragma once

namespace async_http_pool {

/// Three digits (RFC 9110, section 15).
inline constexpr int status_max = 999;

}  // namespace async_http_pool
