#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// The SHA-256 of `bytes` (FIPS 180-4) as 64 lower-case hexadecimal digits. Throws
/// `std::runtime_error` when OpenSSL refuses. any-thread
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace async_http_pool
