#include "base/printable.hpp"

#include <string>

#include "base/utf8.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Case {
  std::string text;
  std::string shown;
};

TEST_CASE("printable text is one line of UTF-8 without control characters", "[printable]") {
  const auto [text, shown] = GENERATE(values<Case>({
      {"", ""},
      {"plain text, \\ and \"quotes\"", "plain text, \\ and \"quotes\""},
      {"a\r\nb\tc", "a\\x0d\\x0ab\\x09c"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"\x1b[31mred\x7F", "\\x1b[31mred\\x7f"},
      {"grüße 😀", "grüße 😀"},
      {"C1: \xC2\x9B, NEL: \xC2\x85.", "C1: \\xc2\\x9b, NEL: \\xc2\\x85."},
      {"\xC2\xA0 is a blank", "\xC2\xA0 is a blank"},
      {"a\xE2\x80\xA8"
       "b\xE2\x80\xA9"
       "c",
       "a\\xe2\\x80\\xa8b\\xe2\\x80\\xa9c"},
      {"latin1 \xE9", "latin1 \\xe9"},
      {"é and \xFF", "\\xc3\\xa9 and \\xff"},
  }));
  REQUIRE(printable(text) == shown);
  REQUIRE(printable(shown) == shown);
}

TEST_CASE("a quoted text is cut, but not in the middle of a character", "[printable]") {
  REQUIRE(quoted("a\nb") == "\"a\\x0ab\"");
  REQUIRE(quoted("") == "\"\"");
  REQUIRE(quoted(std::string(200, 'x')) == '"' + std::string(200, 'x') + '"');
  REQUIRE(quoted(std::string(201, 'x')) == '"' + std::string(200, 'x') + "\"...");
  for (std::size_t before = 190; before < 205; ++before) {
    const std::string text = quoted(std::string(before, 'x') + "😀😀😀😀");
    CAPTURE(text);
    REQUIRE(is_utf8(text));
    REQUIRE(text.find('\\') == std::string::npos);
    REQUIRE(text.size() <= 225);
  }
  REQUIRE(quoted(std::string(100000, '\x80')).size() <= 4 * 200 + 5);
}

}  // namespace
}  // namespace async_http_pool
