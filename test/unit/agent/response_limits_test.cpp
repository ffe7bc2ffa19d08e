// The bounds of what a ResponseCollector takes in.
#include "agent/response_collector.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Lines = std::vector<std::string>;

bool feed(ResponseCollector& collector, const Lines& lines) {
  for (const std::string& line : lines) {
    if (!collector.add_header_line(line + "\r\n")) return false;
  }
  return true;
}

ResponseLimits body_limit(std::size_t bytes) {
  return {.body_bytes_max = bytes, .header_bytes_max = 10'000, .header_count_max = 100};
}

void check_too_large(const ResponseCollector& collector, ErrorCode code) {
  REQUIRE(collector.failure());
  CHECK(collector.failure()->type == ErrorType::response_too_large);
  CHECK(collector.failure()->code == code);
}

TEST_CASE("a body of exactly the limit passes, one byte more does not") {
  ResponseCollector collector(body_limit(10), false);
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", ""}));
  CHECK(collector.add_body("12345"));
  CHECK(collector.add_body("67890"));
  CHECK(collector.add_body(""));
  CHECK_FALSE(collector.add_body("1"));
  check_too_large(collector, ErrorCode::body_too_large);
  CHECK(collector.failure()->message ==
        "Response body size exceeded maximum allowed size (10 bytes)");
}

TEST_CASE("a piece that is far beyond the limit does not overflow the count") {
  ResponseCollector collector(body_limit(static_cast<std::size_t>(-1)), false);
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", ""}));
  CHECK(collector.add_body("12345"));
  ResponseCollector small(body_limit(1), false);
  REQUIRE(feed(small, {"HTTP/1.1 200 OK", ""}));
  CHECK_FALSE(small.add_body(std::string(100'000, 'x')));
}

TEST_CASE("a body is refused when it outgrows its ratio, and one piece is never counted") {
  struct Row {
    std::size_t ratio;
    std::size_t body;
    std::size_t encoded;
    bool is_refused;
  };
  constexpr std::size_t piece = 16'384;
  const Row rows[] = {{0, 1000 * piece, 0, false},        {10, 10 * piece, 0, false},
                      {10, 10 * piece + 1, 0, true},      {10, 10 * piece + 1, 1, false},
                      {10, 10 * (piece + 1), 1, false},   {10, 10 * (piece + 1) + 1, 1, true},
                      {1, 2 * piece, piece, false},       {1, 2 * piece + 1, piece, true},
                      {1, 100 * piece, 99 * piece, false}};
  for (const Row& row : rows) {
    INFO(row.ratio << " " << row.body << " " << row.encoded);
    ResponseLimits limits = body_limit(1000 * piece);
    limits.decompression_ratio_max = row.ratio;
    ResponseCollector collector(limits, false);
    REQUIRE(feed(collector, {"HTTP/1.1 200 OK", "content-encoding: gzip", ""}));
    REQUIRE(collector.add_body(std::string(row.body, 'z')));
    const bool is_refused = collector.needs_ratio_check() && !collector.check_ratio(row.encoded);
    CHECK(is_refused == row.is_refused);
    if (is_refused) check_too_large(collector, ErrorCode::body_too_large);
  }
}

TEST_CASE("the body of a head that is replaced does not count against the limit") {
  ResponseCollector collector(body_limit(4), false);
  REQUIRE(feed(collector, {"HTTP/1.1 401 No", ""}));
  REQUIRE(collector.add_body("1234"));
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", ""}));
  CHECK(collector.add_body("5678"));
}

TEST_CASE("hard case 64: a length above the limit is refused before the body comes") {
  const auto accepts = [](const Lines& lines, bool is_head = false) {
    ResponseCollector collector(body_limit(10), is_head);
    if (feed(collector, lines)) return true;
    check_too_large(collector, ErrorCode::body_too_large);
    return false;
  };
  CHECK(accepts({"HTTP/1.1 200 OK", "Content-Length: 10", ""}));
  CHECK_FALSE(accepts({"HTTP/1.1 200 OK", "Content-Length: 11", ""}));
  CHECK_FALSE(accepts({"HTTP/1.1 404 No", "Content-Length: 18446744073709551615", ""}));
  CHECK(accepts({"HTTP/1.1 200 OK", "Content-Length: 11", ""}, true));
  CHECK(accepts({"HTTP/1.1 204 None", "Content-Length: 11", ""}));
  CHECK(accepts({"HTTP/1.1 304 Same", "Content-Length: 11", ""}));
  CHECK(accepts({"HTTP/1.1 100 Go", "Content-Length: 11", "", "HTTP/1.1 200 OK", ""}));
  // Chunked wins over a length (RFC 9112, section 6.3); what comes is counted instead.
  CHECK(accepts({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Length: 11", ""}));
}

TEST_CASE("hard case 64: the refusal of a length names both sizes") {
  ResponseCollector collector(body_limit(10), false);
  REQUIRE_FALSE(feed(collector, {"HTTP/1.1 200 OK", "Content-Length: 3000000", ""}));
  CHECK(collector.failure()->message ==
        "Response body size (3000000 bytes) exceeds maximum allowed size (10 bytes)");
}

TEST_CASE("a length that is no number is refused, whether there is a body or not") {
  for (const char* length : {"abc", "-1", "+5", "2, 3", "0x10", ""}) {
    for (const bool is_head : {false, true}) {
      INFO(length);
      ResponseCollector collector(body_limit(10), is_head);
      REQUIRE_FALSE(
          feed(collector, {"HTTP/1.1 200 OK", std::string("Content-Length: ") + length, ""}));
      CHECK(collector.failure()->code == ErrorCode::protocol_violation);
    }
  }
}

TEST_CASE("header bytes of exactly the limit pass, one more does not") {
  const Lines lines = {"HTTP/1.1 200 OK", "A: 12345", ""};
  const std::size_t bytes = 17 + 10 + 2;
  const auto accepts = [&](std::size_t limit) {
    ResponseCollector collector(
        {.body_bytes_max = 1, .header_bytes_max = limit, .header_count_max = 9}, false);
    if (feed(collector, lines)) {
      CHECK(collector.header_bytes() == bytes);
      return true;
    }
    check_too_large(collector, ErrorCode::headers_too_large);
    return false;
  };
  CHECK(accepts(bytes));
  CHECK_FALSE(accepts(bytes - 1));
  CHECK_FALSE(accepts(1));
}

/// How many rounds of `lines` are taken before one is refused, at most `rounds_max`.
int rounds_taken(ResponseCollector& collector, const Lines& lines, int rounds_max) {
  int rounds = 0;
  while (rounds < rounds_max && feed(collector, lines)) ++rounds;
  return rounds;
}

TEST_CASE("hard case 43: the count of header fields is limited") {
  ResponseCollector collector(
      {.body_bytes_max = 1, .header_bytes_max = 100'000, .header_count_max = 5}, false);
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK"}));
  CHECK(rounds_taken(collector, {"A: 1", " folded"}, 10) == 5);
  check_too_large(collector, ErrorCode::headers_too_large);
}

TEST_CASE("hard case 7: trailers count against both limits of the headers") {
  const Lines head = {"HTTP/1.1 200 OK", "A: 1", ""};
  ResponseCollector by_count(
      {.body_bytes_max = 9, .header_bytes_max = 100'000, .header_count_max = 5}, false);
  REQUIRE(feed(by_count, head));
  REQUIRE(by_count.add_body("body"));
  CHECK(rounds_taken(by_count, {"T: 1"}, 10) == 4);
  check_too_large(by_count, ErrorCode::headers_too_large);

  ResponseCollector by_bytes(
      {.body_bytes_max = 9, .header_bytes_max = 100, .header_count_max = 1000}, false);
  REQUIRE(feed(by_bytes, head));
  CHECK(rounds_taken(by_bytes, {"T: 1"}, 1000) < 20);
  check_too_large(by_bytes, ErrorCode::headers_too_large);
}

TEST_CASE("hard case 39: a flood of interim responses ends at the limits of the headers") {
  ResponseCollector by_bytes({.body_bytes_max = 9, .header_bytes_max = 1000, .header_count_max = 9},
                             false);
  CHECK(rounds_taken(by_bytes, {"HTTP/1.1 100 Continue", ""}, 20'000) == 40);
  check_too_large(by_bytes, ErrorCode::headers_too_large);

  // Their fields count for each of them alone: a thousand interim responses are skipped.
  ResponseCollector many({.body_bytes_max = 9, .header_bytes_max = 100'000, .header_count_max = 9},
                         false);
  CHECK(rounds_taken(many, {"HTTP/1.1 103 Hints", "A: 1", ""}, 1000) == 1000);
  CHECK(feed(many, {"HTTP/1.1 200 OK", "B: 2", ""}));
}

}  // namespace
}  // namespace async_http_pool
