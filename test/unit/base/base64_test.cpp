#include "base/base64.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Vector {
  std::string bytes;
  std::string text;
};

/// A slow second opinion: collects bits one by one.
std::string decode(std::string_view text) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = (bits << 6U | static_cast<unsigned>(alphabet.find(c))) & 0xFFFFFFU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
  }
  return bytes;
}

TEST_CASE("base64 gives the test vectors of RFC 4648", "[base64]") {
  const auto vector = GENERATE(values<Vector>({{"", ""},
                                               {"f", "Zg=="},
                                               {"fo", "Zm8="},
                                               {"foo", "Zm9v"},
                                               {"foob", "Zm9vYg=="},
                                               {"fooba", "Zm9vYmE="},
                                               {"foobar", "Zm9vYmFy"}}));
  CAPTURE(vector.bytes);
  REQUIRE(encode_base64(vector.bytes) == vector.text);
}

TEST_CASE("base64 treats bytes as unsigned and uses the standard alphabet", "[base64]") {
  const auto vector = GENERATE(values<Vector>({{std::string(1, '\0'), "AA=="},
                                               {std::string(3, '\0'), "AAAA"},
                                               {"\xFF", "/w=="},
                                               {"\xFF\xFF\xFF", "////"},
                                               {"\xFB\xEF\xBE", "++++"},
                                               {"\x80\x80", "gIA="}}));
  CAPTURE(vector.text);
  REQUIRE(encode_base64(vector.bytes) == vector.text);
}

TEST_CASE("base64 of all byte values at every length can be read back", "[base64]") {
  std::string bytes;
  for (std::size_t length = 0; length <= 770; ++length) {
    const std::string text = encode_base64(bytes);
    REQUIRE(text.size() == (length + 2) / 3 * 4);
    REQUIRE(decode(text) == bytes);
    bytes += static_cast<char>(length * 7);
  }
}

}  // namespace
}  // namespace async_http_pool
