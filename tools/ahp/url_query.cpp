#include "url_query.hpp"

#include "message_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ahp_tool {
namespace {

bool is_kept(char byte) noexcept {
  constexpr std::string_view others = "-._~:/[]";
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || others.find(byte) != others.npos;
}

std::string encode_percent(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    if (is_kept(byte)) {
      result += byte;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return result;
}

bool is_visible(std::string_view text) {
  return !text.empty() && is_utf8(text) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > ' ' && c != 0x7F; });
}

}  // namespace

std::string_view cut(std::string_view& text, char mark) noexcept {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

std::optional<std::string> decode_percent(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text.size() - i < 3 || std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2)
      return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

std::optional<UrlQuery> parse_query(std::string_view text, QueryNames known) {
  UrlQuery query;
  while (!text.empty()) {
    std::string_view value = cut(text, '&');
    const std::string_view name = cut(value, '=');
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    std::optional<std::string> decoded = decode_percent(value);
    if (!is_known || !decoded || !is_visible(*decoded)) return std::nullopt;
    if (!query.emplace(name, *std::move(decoded)).second) return std::nullopt;
  }
  return query;
}

std::string to_query(const UrlQuery& query, QueryNames names) {
  std::string result;
  for (const std::string_view name : names) {
    const auto found = query.find(name);
    if (found == query.end()) continue;
    result +=
        fmt::format("{}{}={}", result.empty() ? '?' : '&', name, encode_percent(found->second));
  }
  return result;
}

}  // namespace ahp_tool
