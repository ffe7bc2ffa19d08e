#include "http/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace async_http_pool {

namespace {

// Eight bytes at a time, in one word: every header line of a response passes here.
using Word = std::uint64_t;
constexpr std::size_t word_bytes = sizeof(Word);

constexpr Word word_of(unsigned char byte) noexcept { return byte * (~Word{0} / 0xFF); }

constexpr Word high_bits = word_of(0x80);

Word word_at(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, word_bytes);
  return word;
}

/// What is an ASCII letter in upper case gets the bit that makes it lower case.
void make_word_lower(char* at) noexcept {
  Word word = word_at(at);
  const Word low_bits = word & ~high_bits;
  // No sum of two bytes below 0x80 reaches the next byte.
  const Word from_a = low_bits + word_of(0x80 - 'A');
  const Word beyond_z = low_bits + word_of(0x80 - 'Z' - 1);
  word |= (from_a & ~beyond_z & ~word & high_bits) >> 2U;
  std::memcpy(at, &word, word_bytes);
}

/// Whether no byte is below 0x0E, where CR, LF and NUL are.
constexpr bool is_surely_line_text(Word word) noexcept {
  // A byte that borrows from the next one was below, and told so itself.
  return ((word - word_of(0x0E)) & ~word & high_bits) == 0;
}

bool ends_line(char c) noexcept { return c == '\r' || c == '\n' || c == '\0'; }

}  // namespace

void make_lower(std::string& text) noexcept {
  char* const begin = text.data();
  const std::size_t size = text.size();
  if (size < word_bytes) {
    std::transform(begin, begin + size, begin, [](char c) { return to_lower(c); });
    return;
  }
  for (std::size_t at = 0; at + word_bytes < size; at += word_bytes) make_word_lower(begin + at);
  make_word_lower(begin + size - word_bytes);  // of which some may be lower case already
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  make_lower(result);
  return result;
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return result;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, [](char a, char b) { return to_lower(a) == to_lower(b); });
}

std::string_view trim(std::string_view text) noexcept {
  // Not by find_first_not_of, which calls memchr for each character.
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_line_text(std::string_view text) noexcept {
  while (text.size() > word_bytes && is_surely_line_text(word_at(text.data()))) {
    // The last word is a whole one, and begins in the one before.
    text.remove_prefix(std::min(word_bytes, text.size() - word_bytes));
  }
  if (text.size() == word_bytes && is_surely_line_text(word_at(text.data()))) return true;
  return std::none_of(text.begin(), text.end(), ends_line);
}

}  // namespace async_http_pool
