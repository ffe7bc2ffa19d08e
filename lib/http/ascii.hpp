#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// ASCII only, whatever the locale says.
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
void make_lower(std::string& text) noexcept;
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept;
/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Whether `text` is free of CR, LF and NUL, which end a line, or what others take for one.
[[nodiscard]] bool is_line_text(std::string_view text) noexcept;

}  // namespace async_http_pool
