#include "base/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace async_http_pool {

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte = [&](std::size_t i) {
    return i < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[i])} : 0U;
  };

  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  for (std::size_t i = 0; i < bytes.size(); i += 3, out += 4) {
    const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    out[0] = alphabet[group >> 18U];
    out[1] = alphabet[group >> 12U & 63U];
    if (i + 1 < bytes.size()) {
      out[2] = alphabet[group >> 6U & 63U];
    }
    if (i + 2 < bytes.size()) {
      out[3] = alphabet[group & 63U];
    }
  }
  return text;
}

}  // namespace async_http_pool
