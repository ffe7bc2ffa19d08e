// Dates as RFC 9110, section 5.6.7 has them.
#include "http/http_date.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr WallTime example = WallTime(784'111'777s);
constexpr WallTime in_2026 = WallTime(1'795'000'000s);

TEST_CASE("each of the three forms of a date is read") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", in_2026) == example);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", in_2026) == example);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", in_2026) == example);
  CHECK(parse_http_date("Sun Nov 06 08:49:37 1994", in_2026) == example);
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT", in_2026) == WallTime(0s));
  CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT", in_2026) == WallTime(1'709'251'200s));
}

TEST_CASE("a year of two digits is at most fifty years ahead") {
  const auto read = [](const std::string& year) {
    return parse_http_date("Sunday, 06-Nov-" + year + " 08:49:37 GMT", in_2026);
  };
  CHECK(read("26") == parse_http_date("Fri, 06 Nov 2026 08:49:37 GMT", in_2026));
  CHECK(read("76") == parse_http_date("Fri, 06 Nov 2076 08:49:37 GMT", in_2026));
  CHECK(read("77") == parse_http_date("Fri, 06 Nov 1977 08:49:37 GMT", in_2026));
  CHECK(read("00") == parse_http_date("Fri, 06 Nov 2000 08:49:37 GMT", in_2026));
}

TEST_CASE("what is no date is none") {
  for (const std::string_view text : {"",
                                      "Sun",
                                      "Sun,",
                                      "Sun, ",
                                      "Sun ",
                                      "Sunday,",
                                      "Sunday",
                                      "now",
                                      "784111777",
                                      "Sun, 06 Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "Sun, 06 Nov 1994 08:49:37 GMT+1",
                                      "Sun, 06 Nov 1994 08:49:37 +0000",
                                      "sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sun, 006 Nov 1994 08:49:37 GMT",
                                      "Sun, 00 Nov 1994 08:49:37 GMT",
                                      "Sun, 31 Nov 1994 08:49:37 GMT",
                                      "Wed, 29 Feb 2023 08:49:37 GMT",
                                      "Sun, 06 Foo 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 94 08:49:37 GMT",
                                      "Sun, 06 Nov 19940 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:00:00 GMT",
                                      "Sun, 06 Nov 1994 08:60:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:61 GMT",
                                      "Sun, 06 Nov 1994 8:49:37 GMT",
                                      "Sun, 06 Nov 1994 -8:49:37 GMT",
                                      "Sun, -6 Nov 1994 08:49:37 GMT",
                                      "Foo, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov 6 08:49:37 1994",
                                      "Sun Nov  6 08:49:37 1994 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text, in_2026));
  }
  CHECK_FALSE(parse_http_date(std::string_view("Sun, 06 Nov 1994 08:49:37 GMT\0", 30), in_2026));
}

TEST_CASE("every beginning of a date is no date") {
  for (const std::string_view date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t size = 0; size < date.size(); ++size) {
      INFO(date.substr(0, size));
      CHECK_FALSE(parse_http_date(date.substr(0, size), in_2026));
    }
  }
}

TEST_CASE("a retry-after is seconds or a date, and never less than none") {
  CHECK(parse_retry_after("120", example) == 120s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", example) == 120s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", example) == 0s);
  CHECK(parse_retry_after("99999999999999999999999", example) == 87600h);
  CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", example) == 87600h);
  CHECK_FALSE(parse_retry_after("-120", example));
  CHECK_FALSE(parse_retry_after("12 0", example));
  CHECK_FALSE(parse_retry_after("", example));
}

}  // namespace
}  // namespace async_http_pool
