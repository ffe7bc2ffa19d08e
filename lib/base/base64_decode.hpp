#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// The bytes that `text` stands for: the standard alphabet with padding (RFC 4648, section 4); line
/// breaks are skipped. Throws `std::invalid_argument` for anything else.
[[nodiscard]] std::string decode_base64(std::string_view text);

}  // namespace async_http_pool
