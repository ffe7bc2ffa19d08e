#include "base/base64_decode.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace async_http_pool {
namespace {

/// The six bits of a character, or -1.
int bits_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

[[noreturn]] void refuse() { throw std::invalid_argument("invalid base64"); }

}  // namespace

std::string decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  std::size_t characters = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    ++characters;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int bits = bits_of(c);
    if (bits < 0 || padding > 0) refuse();
    group = group << 6 | static_cast<std::uint32_t>(bits);
    if (characters % 4 != 0) continue;
    bytes += static_cast<char>(group >> 16 & 0xFF);
    bytes += static_cast<char>(group >> 8 & 0xFF);
    bytes += static_cast<char>(group & 0xFF);
    group = 0;
  }
  if (characters % 4 != 0 || padding > 2) refuse();
  // Bits that no byte takes must be zero: two texts for the same bytes are no good for comparison.
  if (padding == 1) {
    if ((group & 0x3) != 0) refuse();
    bytes += static_cast<char>(group >> 10 & 0xFF);
    bytes += static_cast<char>(group >> 2 & 0xFF);
  } else if (padding == 2) {
    if ((group & 0xF) != 0) refuse();
    bytes += static_cast<char>(group >> 4 & 0xFF);
  }
  return bytes;
}

}  // namespace async_http_pool
