#include "http/ascii.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("case conversion touches ASCII letters and nothing else", "[ascii]") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    CAPTURE(byte);
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_lower = c >= 'a' && c <= 'z';
    REQUIRE(to_lower(c) == (is_upper ? static_cast<char>(c + 32) : c));
    REQUIRE(to_lower(std::string(1, c)) == std::string(1, to_lower(c)));
    REQUIRE(to_upper(std::string(1, c)) ==
            std::string(1, is_lower ? static_cast<char>(c - 32) : c));
    REQUIRE(is_digit(c) == (c >= '0' && c <= '9'));
  }
  REQUIRE(to_lower("Content-TYPE É") == "content-type É");
  REQUIRE(to_upper("get_é") == "GET_é");
}

TEST_CASE("case conversion is the same at every place of texts of every length", "[ascii]") {
  for (std::size_t size = 1; size <= 33; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'Z');  // neighbours that a carry would change
        std::string lower(size, 'z');
        text[at] = static_cast<char>(byte);
        lower[at] = to_lower(text[at]);
        make_lower(text);
        if (text != lower) FAIL("byte " << byte << " at " << at << " of " << size);
      }
    }
  }
  std::string none;
  make_lower(none);
  REQUIRE(none.empty());
}

TEST_CASE("text of a line has no CR, LF or NUL, wherever it stands", "[ascii]") {
  REQUIRE(is_line_text(""));
  REQUIRE(is_line_text(std::string_view("a\0", 1)));  // not what is behind it
  for (std::size_t size = 1; size <= 26; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, '\x0E');  // the first above them
        text[at] = static_cast<char>(byte);
        const bool is_end = byte == '\r' || byte == '\n' || byte == 0;
        if (is_line_text(text) == is_end) FAIL("byte " << byte << " at " << at << " of " << size);
        text[(at + 1) % size] = '\t';  // is looked at more closely
        if (size > 1 && is_line_text(text) == is_end)
          FAIL("byte " << byte << " at " << at << " of " << size << " beside a tab");
      }
    }
  }
}

TEST_CASE("comparison ignores case, not length", "[ascii]") {
  REQUIRE(equals_ignoring_case("", ""));
  REQUIRE(equals_ignoring_case("Set-Cookie", "sET-cOOKIE"));
  REQUIRE_FALSE(equals_ignoring_case("a", ""));
  REQUIRE_FALSE(equals_ignoring_case("ab", "a"));
  REQUIRE_FALSE(equals_ignoring_case("@", "`"));  // 0x20 apart as letters are
  REQUIRE_FALSE(equals_ignoring_case("[", "{"));
  REQUIRE_FALSE(equals_ignoring_case(std::string("a\0b", 3), std::string("a\0c", 3)));
}

TEST_CASE("trimming takes spaces and tabs from both ends only", "[ascii]") {
  REQUIRE(trim("").empty());
  REQUIRE(trim(" \t ").empty());
  REQUIRE(trim(" a b\t") == "a b");
  REQUIRE(trim("a") == "a");
  REQUIRE(trim("\na\r") == "\na\r");
}

}  // namespace
}  // namespace async_http_pool
