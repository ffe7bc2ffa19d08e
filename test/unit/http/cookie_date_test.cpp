// Dates of cookies (RFC 6265, section 5.1.1): almost anything is one.
#include "http/cookie_date.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr WallTime example = WallTime(784'111'777s);

}  // namespace

TEST_CASE("a cookie's date is read in whatever form") {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT", "6 nov 94 8:49:37",
        "08:49:37 1994 NOVEMBER 6th", "1994/November/06/08:49:37", "Nov 6 94\t08:49:37",
        "06 Nov 1994 08:49:37 08:00:00 07 Dec 1995", "06 Nov 1994x 08:49:37Z",
        "x y z; 06-Nov-1994 08:49:37.123 +0200", "Sun,06Nov 06 Nov 1994 08:49:37"}) {
    INFO(text);
    CHECK(parse_cookie_date(text).has_value());
  }
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "08:49:37 1994 6th NOVEMBER", "Nov 6 94\t08:49:37",
        "06 Nov 1994 08:49:37 08:00:00 07 Dec"}) {
    INFO(text);
    CHECK(parse_cookie_date(text) == example);
  }
}

TEST_CASE("years of cookies have two digits or four, from 1601 on") {
  const auto year_of = [](std::string_view year) {
    const auto date = parse_cookie_date("1 Jan " + std::string(year) + " 00:00:00");
    return date ? static_cast<int>(
                      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*date))
                          .year())
                : 0;
  };
  CHECK(year_of("69") == 2069);
  CHECK(year_of("70") == 1970);
  CHECK(year_of("99") == 1999);
  CHECK(year_of("00") == 2000);
  CHECK(year_of("1601") == 1601);
  CHECK(year_of("1600") == 0);
  CHECK(year_of("9999") == 9999);
  CHECK(year_of("100") == 0);
  CHECK(year_of("10000") == 0);
}

TEST_CASE("what lacks a part, or cannot be, is no date of a cookie") {
  for (const std::string_view text : {"",
                                      " ",
                                      "0",
                                      "-1",
                                      "now",
                                      "Sun, 06 Nov 1994",
                                      "06 Nov 08:49:37",
                                      "06 1994 08:49:37",
                                      "Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 08:49",
                                      "Sun, 31 Nov 1994 08:49:37",
                                      "Wed, 29 Feb 2023 08:49:37",
                                      "Sun, 00 Nov 1994 08:49:37",
                                      "Sun, 32 Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 24:00:00",
                                      "Sun, 06 Nov 1994 08:60:37",
                                      "Sun, 06 Nov 1994 08:49:60",
                                      "Sun, 06 Nov 1994 008:49:37",
                                      "Sun, 06 Nov 1994 08:49:371",
                                      "Sun, 06 No 1994 08:49:37",
                                      "Sun, 06 \xce\x9d\xce\xbf\xce\xbf 1994 08:49:37",
                                      "06-Nov-1994-08-49-37"}) {
    INFO(text);
    CHECK_FALSE(parse_cookie_date(text));
  }
  CHECK(parse_cookie_date("Thu, 29 Feb 2024 08:49:37"));
}

TEST_CASE("every beginning of a cookie's date is none") {
  constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37";
  // Its last digit may go: a second of one digit is one.
  for (std::size_t length = 0; length + 1 < date.size(); ++length) {
    INFO(length);
    CHECK_FALSE(parse_cookie_date(date.substr(0, length)));
  }
}

}  // namespace async_http_pool
