#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace async_http_pool {

/// `text` fit for one line of a log and for JSON: control characters, and whatever keeps it from
/// being UTF-8, written as `\x1b`. any-thread
[[nodiscard]] std::string printable(std::string_view text);

/// The longest beginning of `text` that has at most `bytes_max` bytes, four at least, and does not
/// end in the middle of a character.
[[nodiscard]] std::string_view beginning_of(std::string_view text, std::size_t bytes_max) noexcept;

/// `text` for an error message: printable, in double quotes, cut after about 200 bytes. Not for
/// secrets.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace async_http_pool
