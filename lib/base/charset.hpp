#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// The one door to iconv. The charsets are those of base/charset_table; all functions throw
/// `std::invalid_argument` that names the charset when it is none of them, or the byte at which
/// `bytes` stop being what they are said to be. any-thread

/// `bytes` as UTF-8. "UTF-16" and "UTF-32" go by their byte order mark, without one they are little
/// endian (as the WHATWG Encoding Standard has it); a mark of any Unicode charset is removed.
[[nodiscard]] std::string to_utf8(std::string_view bytes, std::string_view charset);

/// `text`, which is UTF-8, as `charset`; "UTF-16" and "UTF-32" are written as little endian with a
/// byte order mark, "Big5" as the standard has it when it can be.
[[nodiscard]] std::string from_utf8(std::string_view text, std::string_view charset);

}  // namespace async_http_pool
