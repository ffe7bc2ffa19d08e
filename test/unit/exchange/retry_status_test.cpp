// Which responses are tried again, and when.
#include <chrono>
#include <optional>
#include <string>

#include "exchange/retry_policy.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr WallTime now = WallTime(784'111'777s);
const IntegerList statuses = {429, 502, 503, 504};

RetrySituation good_situation() {
  return {
      .may_repeat = true, .retries_max = 3, .first_delay = 8ms, .delay_max = 30s, .jitter = 0.5};
}

std::optional<milliseconds> decide(int status, const Headers& headers = {},
                                   const RetrySituation& situation = good_situation(),
                                   milliseconds retry_after_max = 60s) {
  return decide_retry(AnsweredAttempt{.status = status,
                                      .headers = headers,
                                      .retry_statuses = statuses,
                                      .retry_after_max = retry_after_max,
                                      .now = now},
                      situation);
}

TEST_CASE("the statuses asked for are tried again, and no other") {
  for (const int status : {429, 502, 503, 504}) CHECK(decide(status) == 4ms);
  for (const int status : {200, 301, 302, 400, 408, 428, 430, 500, 501, 505, 999}) {
    INFO(status);
    CHECK_FALSE(decide(status, {{"retry-after", "1"}}));
  }
}

TEST_CASE("a response to a request that may not be repeated is final") {
  RetrySituation situation = good_situation();
  situation.may_repeat = false;
  CHECK_FALSE(decide(503, {{"retry-after", "1"}}, situation));
}

TEST_CASE("hard case 61: retry-after is a floor of the pause, whatever stands in it") {
  struct Row {
    std::string value;
    milliseconds pause;
  };
  for (const Row& row :
       {Row{"0", 4ms}, Row{"1", 1s}, Row{"007", 7s}, Row{"60", 60s}, Row{"61", 60s},
        Row{"2300000000", 60s}, Row{"99999999999999999999", 60s}, Row{std::string(5000, '9'), 60s},
        // Garbage asks for nothing.
        Row{"", 4ms}, Row{"-1", 4ms}, Row{"+1", 4ms}, Row{"1.5", 4ms}, Row{"1e20", 4ms},
        Row{"0x10", 4ms}, Row{"1 2", 4ms}, Row{"1, 2", 4ms}, Row{"soon", 4ms}, Row{"\xd9\xa1", 4ms},
        Row{"inf", 4ms}, Row{"nan", 4ms},
        // Dates.
        Row{"Sun, 06 Nov 1994 08:49:47 GMT", 10s}, Row{"Sunday, 06-Nov-94 08:49:47 GMT", 10s},
        Row{"Sun Nov  6 08:49:47 1994", 10s}, Row{"Sun, 06 Nov 1994 08:49:37 GMT", 4ms},
        Row{"Sun, 06 Nov 1994 08:49:36 GMT", 4ms}, Row{"Thu, 01 Jan 1970 00:00:00 GMT", 4ms},
        Row{"Fri, 31 Dec 9999 23:59:59 GMT", 60s}, Row{"Sat, 01 Jan 0000 00:00:00 GMT", 4ms},
        Row{"Sun, 31 Feb 1995 08:49:47 GMT", 4ms}}) {
    INFO(row.value);
    const milliseconds jitter = row.pause == 4ms ? 0ms : 4ms;  // comes on top of the floor
    CHECK(decide(503, Headers{{"retry-after", row.value}}) == row.pause + jitter);
  }
}

TEST_CASE("those who are told the same time do not all come back at once") {
  RetrySituation situation = good_situation();
  situation.first_delay = 20s;
  CHECK(decide(503, {{"retry-after", "1"}}, situation) == 11s);
  CHECK(decide(503, {{"retry-after", "11"}}, situation) == 21s);
}

TEST_CASE("retry-after is cut down to its limit, also to none") {
  CHECK(decide(503, {{"retry-after", "5"}}, good_situation(), 1500ms) == 1504ms);
  CHECK(decide(503, {{"retry-after", "5"}}, good_situation(), 0ms) == 4ms);
  CHECK(decide(503, {{"retry-after", "99999999999"}}, good_situation(), 87600h) == 87600h + 4ms);
}

TEST_CASE("a retry-after that is a date counts from the date of the response") {
  const std::string at = "Sun, 06 Nov 2044 08:49:47 GMT";
  CHECK(decide(503, {{"retry-after", at}, {"date", "Sun, 06 Nov 2044 08:49:42 GMT"}}) == 5004ms);
  CHECK(decide(503, {{"retry-after", at}, {"date", "Sun, 06 Nov 2044 08:49:48 GMT"}}) == 4ms);
  CHECK(decide(503, {{"retry-after", at}, {"date", "yesterday"}}) == 60004ms);
  CHECK(decide(503, {{"retry-after", "5"}, {"date", "yesterday"}}) == 5004ms);
}

}  // namespace
}  // namespace async_http_pool
