#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// `bytes` in the standard alphabet with padding and without line breaks (RFC 4648, section 4).
[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace async_http_pool
