#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;
/// `text` with U+FFFD in place of what is not well-formed, one for each maximal part of a character
/// and for each byte that begins none: as the WHATWG Encoding Standard decodes UTF-8, and Unicode
/// recommends (section 3.9). At most three times as long.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

}  // namespace async_http_pool
