#include "base/printable.hpp"

#include "base/utf8.hpp"

namespace async_http_pool {
namespace {

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += digits[byte >> 4U];
  out += digits[byte & 0x0FU];
}

/// U+0080 to U+009F: terminals obey them like ESC, and U+0085 is a line break.
bool is_c1_control(std::string_view text) noexcept {
  return text.size() >= 2 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) <= 0x9F;
}

/// U+2028 and U+2029, the other two line breaks of Unicode.
bool is_separator(std::string_view text) noexcept {
  return text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
}

}  // namespace

std::string printable(std::string_view text) {
  const bool keeps_non_ascii = is_utf8(text);
  std::string out;
  out.reserve(text.size());
  std::size_t escapes = 0;  // bytes of a character that has to be escaped as a whole
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::string_view rest = text.substr(i);
    if (is_c1_control(rest)) {
      escapes = 2;
    } else if (is_separator(rest)) {
      escapes = 3;
    }
    if (escapes > 0 || byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !keeps_non_ascii)) {
      append_escaped(out, text[i]);
      escapes -= escapes > 0 ? 1 : 0;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view beginning_of(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > bytes_max - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t bytes_max = 200;
  const std::string_view beginning = beginning_of(text, bytes_max);
  const char* const end = beginning.size() < text.size() ? "\"..." : "\"";
  return '"' + printable(beginning) + end;
}

}  // namespace async_http_pool
