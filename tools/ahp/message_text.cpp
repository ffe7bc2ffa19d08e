#include "message_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace ahp_tool {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< 0: not UTF-8
};

// Controls (C0, C1), soft hyphen, what has no width, what turns the direction of writing.
constexpr std::array<Range, 9> invisible = {{{0x00, 0x1F},
                                             {0x7F, 0x9F},
                                             {0xAD, 0xAD},
                                             {0x061C, 0x061C},
                                             {0x180E, 0x180E},
                                             {0x200B, 0x200F},
                                             {0x2028, 0x202E},
                                             {0x2060, 0x206F},
                                             {0xFEFF, 0xFEFF}}};

bool is_invisible(char32_t code) noexcept {
  return std::any_of(invisible.begin(), invisible.end(), [code](const Range& range) {
    return range.first <= code && code <= range.last;
  });
}

// RFC 3629, section 4: the shortest form only, no surrogates, nothing beyond U+10FFFF.
Character first_character(std::string_view text) noexcept {
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < bytes) return {};
  char32_t code = lead & (0x7FU >> bytes);
  for (const char next : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<unsigned char>(next);
    if ((byte & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[bytes] || is_surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.bytes == 0) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

std::string without_credentials(std::string_view text) {
  constexpr std::string_view mark = "://";
  const std::size_t scheme_end = text.find(mark);
  const std::size_t host = text.rfind('@');
  if (scheme_end == text.npos || host == text.npos || host < scheme_end) return std::string(text);
  return fmt::format("{}...{}", text.substr(0, scheme_end + mark.size()), text.substr(host));
}

std::string printable_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.bytes, 1));
    if (character.bytes > 0 && !is_invisible(character.code)) {
      result += bytes;
    } else {
      for (const char byte : bytes)
        fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned char>(byte));
    }
    text.remove_prefix(bytes.size());
  }
  return result;
}

}  // namespace ahp_tool
