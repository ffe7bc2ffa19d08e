#include "base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace async_http_pool {
namespace {

/// The length of the run of ASCII that `text` begins with, found a word at a time: most bodies are
/// nothing else.
std::size_t ascii_prefix(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) {
      break;
    }
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) {
    ++at;
  }
  return at;
}

/// What may follow a lead byte: how many bytes, and the range of the first of them (the others
/// are 80..BF).
struct Continuation {
  std::size_t count;
  unsigned char first_min;
  unsigned char first_max;
};

/// Table 3-7 of the Unicode standard; `count` is 0 for what is no lead byte.
constexpr Continuation continuation_of(unsigned char lead) noexcept {
  if (lead >= 0xC2 && lead <= 0xDF) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};  // below: overlong
  if (lead == 0xED) return {2, 0x80, 0x9F};  // above: surrogates
  if (lead >= 0xE1 && lead <= 0xEF) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};  // below: overlong
  if (lead >= 0xF1 && lead <= 0xF3) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};  // above: beyond U+10FFFF
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (;;) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) {
      return true;
    }
    const Continuation next = continuation_of(static_cast<unsigned char>(text[0]));
    if (next.count == 0 || text.size() <= next.count) {
      return false;
    }
    const auto first = static_cast<unsigned char>(text[1]);
    if (first < next.first_min || first > next.first_max) {
      return false;
    }
    for (std::size_t i = 2; i <= next.count; ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
        return false;
      }
    }
    text.remove_prefix(next.count + 1);
  }
}

bool is_ascii(std::string_view text) noexcept { return ascii_prefix(text) == text.size(); }

}  // namespace async_http_pool
