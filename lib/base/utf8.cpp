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

/// What a text begins with: a character, or a part of one that nothing can complete.
struct Sequence {
  std::size_t bytes;
  bool is_well_formed;
};

/// `text` is not empty.
Sequence first_sequence(std::string_view text) noexcept {
  const auto byte_at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte_at(0) < 0x80) return {1, true};
  const Continuation next = continuation_of(byte_at(0));
  if (next.count == 0 || text.size() == 1 || byte_at(1) < next.first_min ||
      byte_at(1) > next.first_max) {
    return {1, false};
  }
  for (std::size_t i = 2; i <= next.count; ++i) {
    if (i == text.size() || (byte_at(i) & 0xC0U) != 0x80U) return {i, false};
  }
  return {next.count + 1, true};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (;;) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) {
      return true;
    }
    const Sequence first = first_sequence(text);
    if (!first.is_well_formed) {
      return false;
    }
    text.remove_prefix(first.bytes);
  }
}

std::string replace_invalid_utf8(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string replaced;
  replaced.reserve(text.size());
  while (!text.empty()) {
    const Sequence first = first_sequence(text);
    replaced.append(first.is_well_formed ? text.substr(0, first.bytes) : replacement);
    text.remove_prefix(first.bytes);
  }
  return replaced;
}

bool is_ascii(std::string_view text) noexcept { return ascii_prefix(text) == text.size(); }

}  // namespace async_http_pool
