#include "base/utf8.hpp"

#include <cstddef>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// The bits of `code_point` as UTF-8 of `length` bytes, whether that is allowed or not.
std::string encoded(unsigned code_point, std::size_t length) {
  if (length == 1) {
    return {static_cast<char>(code_point)};
  }
  std::string bytes(length, '\0');
  for (std::size_t i = length - 1; i > 0; --i) {
    bytes[i] = static_cast<char>(0x80U | (code_point & 0x3FU));
    code_point >>= 6U;
  }
  const unsigned lead = length == 2 ? 0xC0U : length == 3 ? 0xE0U : 0xF0U;
  bytes[0] = static_cast<char>(lead | code_point);
  return bytes;
}

std::size_t shortest_length(unsigned code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

TEST_CASE("every Unicode scalar value is UTF-8 in its shortest form and in no other", "[utf8]") {
  for (unsigned code_point = 0; code_point < 0x1FFFFF;
       code_point += code_point < 0x20000 ? 1 : 13) {
    const bool is_scalar = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
    for (std::size_t length = shortest_length(code_point); length <= 4; ++length) {
      const bool expected = is_scalar && length == shortest_length(code_point);
      if (is_utf8(encoded(code_point, length)) != expected) {
        FAIL("U+" << std::hex << code_point << " in " << length << " bytes");
      }
    }
  }
  SUCCEED();
}

TEST_CASE("what ends in the middle of a character is not UTF-8", "[utf8]") {
  const std::string whole = GENERATE(as<std::string>(), "é", "€", "😀");
  const std::string prefix = GENERATE(as<std::string>(), "", "1234567", "12345678", "123456789");
  CAPTURE(whole, prefix);
  REQUIRE(is_utf8(prefix + whole));
  for (std::size_t length = 1; length < whole.size(); ++length) {
    REQUIRE_FALSE(is_utf8(prefix + whole.substr(0, length)));
    REQUIRE_FALSE(is_utf8(prefix + whole.substr(0, length) + "a"));
    REQUIRE_FALSE(is_utf8(prefix + whole.substr(length)));
    REQUIRE_FALSE(is_utf8(prefix + whole.substr(0, length) + whole));
  }
}

TEST_CASE("a byte that UTF-8 never uses is found wherever it stands", "[utf8]") {
  const char bad =
      GENERATE(as<char>(), '\x80', '\xBF', '\xC0', '\xC1', '\xF5', '\xF8', '\xFE', '\xFF');
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string text = std::string(before, 'a') + bad + std::string(after, 'b');
      REQUIRE_FALSE(is_utf8(text));
      REQUIRE_FALSE(is_ascii(text));
    }
  }
}

TEST_CASE("ASCII is UTF-8, other UTF-8 is not ASCII", "[utf8]") {
  REQUIRE(is_ascii(""));
  REQUIRE(is_utf8(""));
  REQUIRE(is_ascii(std::string("a\0\x7F", 3)));
  REQUIRE(is_utf8(std::string("a\0\x7F", 3)));
  REQUIRE(is_utf8("grüße, 世界 😀"));
  for (std::size_t length = 1; length < 40; ++length) {
    REQUIRE(is_ascii(std::string(length, 'x')));
    REQUIRE_FALSE(is_ascii(std::string(length, 'x') + "é"));
  }
}

TEST_CASE("each part of a character that cannot be one becomes one U+FFFD", "[utf8]") {
  struct Row {
    std::string text;
    std::string replaced;  // with "?" for U+FFFD
  };
  const auto row = GENERATE(values<Row>({
      {"", ""},
      {"grüße, 世界 😀", "grüße, 世界 😀"},
      // Tables 3-8 to 3-11 of the Unicode standard.
      {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "????????A"},
      {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "????????A"},
      {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "?????A??B"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "????A"},
      {"a\xE2\x82", "a?"},
      {"\xE2\x82\xE2\x82\xAC", "?€"},
      {"\xF0\x9F\x98", "?"},
      {"\xF0", "?"},
      {"\xC3\x28", "?("},
  }));
  std::string expected;
  for (const char c : row.replaced) c == '?' ? expected += "\xEF\xBF\xBD" : expected += c;
  REQUIRE(replace_invalid_utf8(row.text) == expected);
  REQUIRE(is_utf8(expected));
}

}  // namespace
}  // namespace async_http_pool
