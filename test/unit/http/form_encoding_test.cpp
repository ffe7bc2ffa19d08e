#include "http/form_encoding.hpp"

#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string encoded(std::string_view text) {
  std::string out;
  append_form_encoded(out, text);
  return out;
}

TEST_CASE("form encoding is that of the Ruby original", "[form_encoding]") {
  REQUIRE(encoded("e f") == "e+f");
  REQUIRE(encoded("g&h=é ~*-._") == "g%26h%3D%C3%A9+%7E*-._");
  REQUIRE(encoded("a+b%2B") == "a%2Bb%252B");
  REQUIRE(encoded("\r\n") == "%0D%0A");
  REQUIRE(encoded(std::string("\0\xFF", 2)) == "%00%FF");
  REQUIRE(encoded("").empty());
}

TEST_CASE("form encoding leaves letters, digits and *-._ and escapes all else", "[form_encoding]") {
  const std::string kept = "*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    CAPTURE(byte);
    const std::size_t length = kept.find(c) != std::string::npos || c == ' ' ? 1 : 3;
    REQUIRE(encoded(std::string(1, c)).size() == length);
  }
  REQUIRE(encoded(kept) == kept);
}

TEST_CASE("form encoding appends", "[form_encoding]") {
  std::string out = "a=";
  append_form_encoded(out, "b c");
  REQUIRE(out == "a=b+c");
}

}  // namespace
}  // namespace async_http_pool
