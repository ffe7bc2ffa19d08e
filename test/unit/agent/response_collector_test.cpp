#include "agent/response_collector.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr ResponseLimits wide = {
    .body_bytes_max = 1000, .header_bytes_max = 10'000, .header_count_max = 100};

using Lines = std::vector<std::string_view>;

/// Feeds lines without their line ends, as libcurl would; returns whether all were accepted.
bool feed(ResponseCollector& collector, const Lines& lines) {
  for (const std::string_view line : lines) {
    if (!collector.add_header_line(std::string(line) + "\r\n")) return false;
  }
  return true;
}

TransferResult result_of(ResponseCollector& collector) {
  REQUIRE(collector.is_head_complete());
  REQUIRE_FALSE(collector.failure());
  TransferResult result;
  collector.move_to(result);
  return result;
}

TransferResult collect(const Lines& lines, std::string_view body = "", bool is_head = false) {
  ResponseCollector collector(wide, is_head);
  REQUIRE(feed(collector, lines));
  if (!body.empty()) REQUIRE(collector.add_body(body));
  return result_of(collector);
}

/// The code and message of the refusal of the last of `lines`.
std::pair<ErrorCode, std::string> refusal(const Lines& lines) {
  ResponseCollector collector(wide, false);
  REQUIRE_FALSE(feed(collector, lines));
  REQUIRE(collector.failure());
  CHECK_FALSE(collector.failure()->never_sent);
  return {collector.failure()->code, collector.failure()->message};
}

TEST_CASE("a response is put together from its lines and bytes") {
  ResponseCollector collector(wide, false);
  CHECK_FALSE(collector.is_head_complete());
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", "Content-Type: text/plain", "X-Empty:"}));
  CHECK_FALSE(collector.is_head_complete());
  REQUIRE(feed(collector, {""}));
  CHECK(collector.is_head_complete());
  REQUIRE(collector.add_body("some "));
  REQUIRE(collector.add_body(""));
  REQUIRE(collector.add_body("bytes"));
  const TransferResult result = result_of(collector);
  CHECK(result.status == 200);
  CHECK(result.headers == Headers{{"content-type", "text/plain"}, {"x-empty", ""}});
  CHECK(result.body == "some bytes");
  CHECK_FALSE(result.failure);
}

TEST_CASE("status lines of every version and shape that is legal are read") {
  for (const auto& [line, status] :
       std::vector<std::pair<std::string_view, int>>{{"HTTP/1.1 200 OK", 200},
                                                     {"HTTP/1.0 404 Not Found", 404},
                                                     {"HTTP/1.1 200 ", 200},
                                                     {"HTTP/1.1 200", 200},
                                                     {"HTTP/2 204 ", 204},
                                                     {"HTTP/3 503 ", 503},
                                                     {"HTTP/1.1 999 hard case 55", 999},
                                                     {"HTTP/1.1 200 \xff\xfe", 200}}) {
    INFO(line);
    CHECK(collect({line, ""}).status == status);
  }
}

TEST_CASE("malformed status lines are refused") {
  for (const std::string_view line :
       {"HTTP/1.1 000 No", "HTTP/1.1 099 No", "HTTP/1.1 20", "HTTP/1.1 20 No", "HTTP/1.1 2000 OK",
        "HTTP/1.1 -20 No", "HTTP/1.1 +20 No", "HTTP/1.1 2x0 No", "HTTP/1.1", "HTTP/1.1 ", "HTTP/",
        "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200-OK",
        "HTTP/1.1 20000000000000000000000000000000000000000000000000000000000000 OK"}) {
    INFO(line);
    CHECK(refusal({line}) == std::pair(ErrorCode::protocol_violation,
                                       std::string("response has a malformed status line")));
  }
}

TEST_CASE("hard case 38: interim responses are skipped with all their headers") {
  const TransferResult result =
      collect({"HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Early Hints", "Link: </a>",
               "Content-Length: 7", "", "HTTP/1.1 200 OK", "X-Final: 1", ""});
  CHECK(result.status == 200);
  CHECK(result.headers == Headers{{"x-final", "1"}});
  CHECK(result.body == "");  // the length that an interim response announced counts for nothing
}

TEST_CASE("hard case 11: a head is not complete after interim responses alone") {
  ResponseCollector collector(wide, false);
  REQUIRE(feed(collector, {"HTTP/1.1 100 Continue", ""}));
  CHECK_FALSE(collector.is_head_complete());
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", "A: 1"}));
  CHECK_FALSE(collector.is_head_complete());
}

TEST_CASE("hard case 40: switching protocols unasked is refused at the end of its headers") {
  CHECK(refusal({"HTTP/1.1 101 Switching Protocols", "Upgrade: x", ""}) ==
        std::pair(ErrorCode::protocol_violation,
                  std::string("server switched protocols without being asked")));
}

TEST_CASE("headers that stand several times stay several, in their order") {
  const TransferResult result =
      collect({"HTTP/1.1 200 OK", "Set-Cookie: a=1", "X: 0", "set-cookie: b=2", ""});
  CHECK(result.headers.get_all("set-cookie") == std::vector<std::string_view>{"a=1", "b=2"});
  CHECK(result.headers.size() == 3);
}

TEST_CASE("hard case 45: folded header lines are unfolded to one space") {
  const TransferResult result =
      collect({"HTTP/1.1 200 OK", "A: one", "   two ", "\tthree", "B: 1", "C:", " late", ""});
  CHECK(result.headers.get("a") == "one two three");
  CHECK(result.headers.get("b") == "1");
  CHECK(result.headers.get("c") == "late");
}

TEST_CASE("a fold continues the field before it, and leaves the others as they are") {
  const TransferResult result = collect(
      {"HTTP/1.1 200 OK", "A: 1", "B-C: 2", "A: 3", " Folded", "D: 4", "e: 5", "\tfolded", ""});
  Headers expected;
  expected.add("a", "1");
  expected.add("b-c", "2");
  expected.add("a", "3 Folded");
  expected.add("d", "4");
  expected.add("e", "5 folded");
  CHECK(result.headers == expected);
}

TEST_CASE("blanks before a fold stay, and those around the whole value go") {
  const TransferResult result =
      collect({"HTTP/1.1 200 OK", "A: one \t", " two\t", "B: \t", "  late ", "C: x", "  ", "\t",
               " y", "D: \t", "\t ", "E: z", " ", ""});
  CHECK(result.headers ==
        Headers{{"a", "one \t two"}, {"b", "late"}, {"c", "x   y"}, {"d", ""}, {"e", "z"}});
}

TEST_CASE("the first fold of a response is like any other, also behind another response") {
  const TransferResult result =
      collect({"HTTP/1.1 100 Continue", "A: 1 ", " 2", "B: x ", "", "HTTP/1.1 401 No", "A: 3 ",
               "B: 4", " 5 ", "", "HTTP/1.1 200 OK", "C: 6", " 7", ""});
  CHECK(result.headers == Headers{{"c", "6 7"}});
}

TEST_CASE("what is no field is judged with all that continues it") {
  const auto message_of = [](const Lines& lines) { return refusal(lines).second; };
  CHECK(message_of({"HTTP/1.1 200 OK", "A: 1", "no colon", ""}) ==
        "response has a header without a colon");
  CHECK(message_of({"HTTP/1.1 200 OK", "no", " colon", "A: 1"}) ==
        "response has a header without a colon");
  CHECK(message_of({"HTTP/1.1 200 OK", "No", " Token: 1", ""}) ==
        "response has a malformed header: header name must be a token, got: \"No Token\"");
  CHECK(message_of({"HTTP/1.1 200 OK", "A : 1", " 2", "B: 2"}) ==
        "response has a malformed header: header name must be a token, got: \"A \"");
  CHECK(
      message_of({"HTTP/1.1 200 OK", "A: 1", std::string_view(" \0", 2), ""}) ==
      "response has a malformed header: header value must be free of CR, LF and NUL, got one that "
      "is not for: \"a\"");
}

TEST_CASE("hard case 46: a first header line that is folded is refused") {
  for (const Lines& lines :
       {Lines{"HTTP/1.1 200 OK", " folded: 1"}, Lines{"HTTP/1.1 200 OK", "\t"}, Lines{" HTTP/1.1"},
        Lines{"HTTP/1.1 100 Continue", "A: 1", "", "HTTP/1.1 200 OK", " folded: 1"},
        Lines{"HTTP/1.1 100 Continue", "A: 1", "", " folded: 1"}}) {
    CHECK(refusal(lines).first == ErrorCode::protocol_violation);
  }
}

TEST_CASE("malformed headers are refused") {
  const std::string nul("A: 1\0002", 7);
  for (const std::string_view line :
       {std::string_view("A : 1"), std::string_view(": 1"), std::string_view("A\tB: 1"),
        std::string_view("A: 1\rB: 2"), std::string_view("A: 1\r"), std::string_view("\rA: 1"),
        std::string_view("\r"), std::string_view("nocolon"), std::string_view("\x80: 1"),
        std::string_view(nul)}) {
    INFO(line);
    CHECK(refusal({"HTTP/1.1 200 OK", line, ""}).first == ErrorCode::protocol_violation);
  }
}

TEST_CASE("hard case 50: bare line feeds end lines as well") {
  ResponseCollector collector(wide, false);
  for (const std::string_view line : {"HTTP/1.1 200 OK\n", "A: 1\n", "\n"})
    REQUIRE(collector.add_header_line(line));
  CHECK(result_of(collector).headers == Headers{{"a", "1"}});
}

TEST_CASE("a second complete head, as after a round of authentication, replaces the first") {
  ResponseCollector collector(wide, false);
  REQUIRE(feed(collector, {"HTTP/1.1 401 No", "A: 1", "Content-Length: 3", ""}));
  REQUIRE(collector.add_body("no!"));
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", "B: 2", ""}));
  REQUIRE(collector.add_body("yes"));
  const TransferResult result = result_of(collector);
  CHECK(result.status == 200);
  CHECK(result.headers == Headers{{"b", "2"}});
  CHECK(result.body == "yes");
}

TEST_CASE("the cookies of rounds before the last are kept apart, but for a proxy's") {
  const Lines lines = {"HTTP/1.1 100 Continue",
                       "Set-Cookie: interim=1",
                       "",
                       "HTTP/1.1 407 No",
                       "Set-Cookie: proxy=1",
                       "",
                       "HTTP/1.1 401 No",
                       "Set-Cookie: a=1",
                       "Set-Cookie: b=2",
                       "",
                       "HTTP/1.1 200 OK",
                       "Set-Cookie: last=1",
                       ""};
  const TransferResult result = collect(lines);
  CHECK(result.earlier_cookies == std::vector<std::string>{"a=1", "b=2"});
  CHECK(result.headers == Headers{{"set-cookie", "last=1"}});
}

TEST_CASE("a trailer that is folded is refused, rather than cut") {
  CHECK(refusal({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "A: 2", " folded"}) ==
        std::pair<ErrorCode, std::string>(ErrorCode::protocol_violation,
                                          "response has a folded trailer"));
}

TEST_CASE("hard case 6: trailers are kept apart from the headers") {
  ResponseCollector collector(wide, false);
  REQUIRE(feed(collector, {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "A: 1", ""}));
  REQUIRE(collector.add_body("body"));
  REQUIRE(feed(collector, {"A: 2", "X-Checksum: 7", ""}));
  CHECK(collector.is_head_complete());
  const TransferResult result = result_of(collector);
  CHECK(result.headers == Headers{{"a", "1"}});
  CHECK(result.trailers == Headers{{"a", "2"}, {"x-checksum", "7"}});
  CHECK(result.body == "body");
}

TEST_CASE("a decoded response loses the headers that tell of its coding, another one keeps them") {
  struct Row {
    std::string_view coding;
    bool stays;
  };
  for (const Row& row :
       {Row{"gzip", false}, Row{"br, gzip", false}, Row{"identity", true}, Row{"IDENTITY", true}}) {
    INFO(row.coding);
    const std::string line = "Content-Encoding: " + std::string(row.coding);
    const TransferResult result =
        collect({"HTTP/1.1 200 OK", line, "Content-Length: 9", "A: 1", ""}, "body");
    CHECK(result.headers.contains("content-encoding") == row.stays);
    CHECK(result.headers.contains("content-length") == row.stays);
    CHECK(result.headers.get("a") == "1");
    CHECK(result.body == "body");
  }
}

TEST_CASE("a HEAD response keeps the headers that tell what GET would give") {
  const TransferResult result =
      collect({"HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 9", ""}, "", true);
  CHECK(result.headers.get("content-encoding") == "gzip");
  CHECK(result.headers.get("content-length") == "9");
}

TEST_CASE("whether there is a body depends on method, status and length, not on its bytes") {
  struct Row {
    const char* title;
    Lines lines;
    bool is_head;
    bool has_body;
  };
  const Row rows[] = {
      {"neither length nor coding: until the end", {"HTTP/1.1 200 OK", ""}, false, true},
      {"length 0", {"HTTP/1.1 200 OK", "Content-Length: 0", ""}, false, false},
      {"length 0 of an error", {"HTTP/1.1 500 No", "Content-Length: 0", ""}, false, false},
      {"empty and chunked", {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""}, false, true},
      {"chunked wins over length 0",
       {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Length: 0", ""},
       false,
       true},
      {"204", {"HTTP/1.1 204 None", ""}, false, false},
      {"204 with a length", {"HTTP/1.1 204 None", "Content-Length: 5", ""}, false, false},
      {"304", {"HTTP/1.1 304 Same", "Content-Length: 5", ""}, false, false},
      {"HEAD", {"HTTP/1.1 200 OK", "Content-Length: 5", ""}, true, false},
      {"HEAD without length", {"HTTP/1.1 200 OK", ""}, true, false},
      {"HEAD, chunked", {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""}, true, false}};
  for (const Row& row : rows) {
    INFO(row.title);
    const TransferResult result = collect(row.lines, "", row.is_head);
    CHECK(result.body.has_value() == row.has_body);
    CHECK(result.body.value_or("").empty());
  }
}

TEST_CASE("hard case 17: content-lengths that differ are refused, equal ones count once") {
  CHECK(refusal({"HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 5", ""}).first ==
        ErrorCode::protocol_violation);
  CHECK(collect({"HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 2", ""}, "ok").body ==
        "ok");
}

TEST_CASE("hard case 22: a length beyond all numbers is too large, not unknown") {
  CHECK(refusal({"HTTP/1.1 200 OK", "Content-Length: 99999999999999999999999", ""}).first ==
        ErrorCode::body_too_large);
}

TEST_CASE("a response of a version that was not agreed upon is refused") {
  ResponseLimits limits = wide;
  limits.major_http_version_max = 1;
  ResponseCollector first(limits, false);
  CHECK(feed(first, {"HTTP/1.1 200 OK", ""}));
  ResponseCollector second(limits, false);
  CHECK_FALSE(feed(second, {"HTTP/2 200 "}));
  CHECK(second.failure()->code == ErrorCode::protocol_violation);
  CHECK(second.failure()->message == "response is of HTTP/2, which was not agreed upon");
}

TEST_CASE("a transfer coding that was not asked for is refused") {
  CHECK(refusal({"HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked", ""}).first ==
        ErrorCode::content_decoding);
}

TEST_CASE("hard case 23: a transfer coding makes the content-length void") {
  ResponseCollector collector(wide, false);
  REQUIRE(
      feed(collector, {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Length: 3", ""}));
  CHECK(collector.is_last_of_connection());
  REQUIRE(collector.add_body("hello"));
  const TransferResult result = result_of(collector);
  CHECK(result.body == "hello");
  CHECK(result.headers.empty());
}

}  // namespace
}  // namespace async_http_pool
