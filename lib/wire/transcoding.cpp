#include "wire/transcoding.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "base/charset.hpp"
#include "base/charset_table.hpp"
#include "base/utf8.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

/// `/\Atext\/|application\/(?:json|xml|javascript)/`: what the original takes for text.
bool is_text_to_the_original(std::string_view content_type) noexcept {
  return content_type.starts_with("text/") ||
         content_type.find("application/json") != std::string_view::npos ||
         content_type.find("application/xml") != std::string_view::npos ||
         content_type.find("application/javascript") != std::string_view::npos;
}

bool is_charset_character(char c) noexcept {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '_' || c == '-';
}

/// `/charset=([\w-]+)/`: where the original finds the charset; empty when it does not.
std::string_view charset_to_the_original(std::string_view content_type) noexcept {
  constexpr std::string_view key = "charset=";
  for (std::size_t at = 0; (at = content_type.find(key)) != std::string_view::npos;) {
    content_type.remove_prefix(at + key.size());
    const auto* const end = std::ranges::find_if_not(content_type, is_charset_character);
    if (end != content_type.begin())
      return content_type.substr(0, static_cast<std::size_t>(end - content_type.begin()));
  }
  return {};
}

/// Neither can a conversion from these two change anything.
bool is_utf8_or_ascii(const Charset& charset) noexcept {
  const std::string_view name = charset.name;
  return name == "UTF-8" || name == "US-ASCII";
}

}  // namespace

bool is_transcoded(std::string_view text, std::string_view content_type) noexcept {
  if (!is_text_to_the_original(content_type)) return false;
  const std::string_view name = charset_to_the_original(content_type);
  if (name.empty()) return false;
  const Charset* charset = find_charset(name);
  // A later version may know it.
  if (charset == nullptr) return !is_ascii(text);
  return !is_utf8_or_ascii(*charset) && !(charset->is_ascii_based && is_ascii(text));
}

std::string undo_transcoding(std::string text, std::string_view content_type) {
  if (!is_transcoded(text, content_type)) return text;
  try {
    return from_utf8(text, charset_to_the_original(content_type));
  } catch (const std::invalid_argument&) {
    return text;  // not converted after all, or not by anything that can be undone here
  }
}

}  // namespace async_http_pool
