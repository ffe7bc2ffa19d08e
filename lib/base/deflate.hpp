#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// `bytes` as a zlib stream (RFC 1950) at the default level. Throws `std::bad_alloc`.
[[nodiscard]] std::string deflate_bytes(std::string_view bytes);

}  // namespace async_http_pool
