#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace async_http_pool {

/// The content of a zlib (RFC 1950) or gzip (RFC 1952) stream, at most `bytes_max` of it. Throws
/// `std::invalid_argument` when the stream is broken, cut off, followed by other bytes, or longer.
[[nodiscard]] std::string inflate_bytes(std::string_view stream, std::size_t bytes_max);

}  // namespace async_http_pool
