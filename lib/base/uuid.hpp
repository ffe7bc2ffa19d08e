#pragma once

#include <string>

namespace async_http_pool {

/// A random UUID (RFC 9562, version 4) in lower case. any-thread
[[nodiscard]] std::string make_uuid();

}  // namespace async_http_pool
