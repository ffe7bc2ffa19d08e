#pragma once

#include <string>
#include <string_view>

/// What servers encode. Deliberately not the library's own code, so that both cannot share a
/// mistake.
namespace async_http_pool::test {

/// RFC 1952.
[[nodiscard]] std::string gzip(std::string_view text);

/// RFC 4648, section 4.
[[nodiscard]] std::string base64(std::string_view bytes);

/// FIPS 180-4, in lower case hexadecimal.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace async_http_pool::test
