#pragma once

#include <string>
#include <string_view>

namespace ahp_tool {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// `text` fit for one line of a terminal: what is not UTF-8 and what does not show (control
/// characters, byte order marks, marks of direction) is written as `\x1b`.
[[nodiscard]] std::string printable_text(std::string_view text);

/// `text` without what stands between a `://` and the last @ after it.
[[nodiscard]] std::string without_credentials(std::string_view text);

}  // namespace ahp_tool
