// Group A of HARD-CASES.md: where a response of HTTP/1 ends. More of them: errors_test,
// misbehaviour_test, basics_test, limits_test, reuse_test.
#include "support/encoding.hpp"
#include "support/hard_case.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* violation = "unknown protocol_violation";
constexpr const char* undecodable = "unknown content_decoding";

const std::string ok_line = "HTTP/1.1 200 OK\r\n";
const std::string chunked_head = ok_line + "transfer-encoding: chunked\r\n\r\n";

std::string with_length(const std::string& length) {
  return ok_line + "content-length: " + length + "\r\n\r\nok";
}

std::string with_coding(const std::string& coding) {
  return ok_line + "transfer-encoding: " + coding + "\r\n\r\n2\r\nok\r\n0\r\n\r\n";
}

}  // namespace

TEST_CASE("hard case 2: a chunk size that is no number is a violation, not a lost connection") {
  CHECK(refusal_of(chunked_head + "zz\r\nxx\r\n0\r\n\r\n") == violation);
}

TEST_CASE("hard case 3: a chunk size beyond all numbers is a violation") {
  CHECK(refusal_of(chunked_head + std::string(21, 'f') + "\r\nxx\r\n") == violation);
}

TEST_CASE("hard case 5: a chunk extension of 200 KB is skipped") {
  // Nobody stores it, so it needs no limit but those on time.
  const HardCase met =
      meet(chunked_head + "2;x=" + std::string(200'000, 'e') + "\r\nok\r\n0\r\n\r\n");
  CHECK(met.outcome.body() == "ok");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 6: trailers are kept apart from the headers") {
  const HardCase met = meet(chunked_head + "2\r\nok\r\n0\r\nx-sum: 1\r\ncontent-length: 9\r\n\r\n");
  CHECK(met.outcome.body() == "ok");
  CHECK_FALSE(met.outcome.response().headers().contains("x-sum"));
  CHECK_FALSE(met.outcome.response().headers().contains("content-length"));
  const Headers trailers = {{"x-sum", "1"}, {"content-length", "9"}};
  CHECK(met.outcome.response().trailers() == trailers);
  const std::string json = met.outcome.response().to_json();
  CHECK(json.find(R"("trailers":{"x-sum":"1","content-length":"9"})") != std::string::npos);
  CHECK(Response::from_json(json).trailers() == trailers);
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 14: a reset ends no body, whether it has a length or not") {
  const HardCase met = meet(ok_line + "\r\nhalf", Ending::resets);
  CHECK(met.outcome.summary() == "connection connection_lost");
  CHECK(met.next == "fresh");
}

TEST_CASE("hard case 16: lengths that agree count once") {
  const HardCase met = meet(ok_line + "content-length: 2\r\nContent-Length: 2\r\n\r\nok");
  CHECK(met.outcome.body() == "ok");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 17: lengths that differ are refused, in any order") {
  CHECK(refusal_of(ok_line + "content-length: 2\r\ncontent-length: 5\r\n\r\nok") == violation);
  CHECK(refusal_of(ok_line + "content-length: 5\r\ncontent-length: 2\r\n\r\nok") == violation);
  CHECK(refusal_of(with_length("2, 5")) == violation);
}

TEST_CASE("hard case 18: a list of one and the same length is that length") {
  const HardCase met = meet(with_length("2, 2"));
  CHECK(met.outcome.body() == "ok");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 19: a negative length is refused") {
  CHECK(refusal_of(with_length("-1")) == violation);
}

TEST_CASE("hard case 20: a length that is no number is refused") {
  for (const char* length : {"abc", "2x", "0x2", "2.0", "2 2", ""}) {
    INFO(length);
    CHECK(refusal_of(with_length(length)) == violation);
  }
}

TEST_CASE("hard case 21: a length with a sign is refused") {
  CHECK(refusal_of(with_length("+2")) == violation);
}

TEST_CASE("hard case 22: a length beyond all numbers is too large, not unknown") {
  for (const char* length : {"9223372036854775808", "99999999999999999999999"}) {
    INFO(length);
    CHECK(refusal_of(with_length(length)) == "response_too_large body_too_large");
  }
}

TEST_CASE("hard case 23: with coding and length the coding counts, and the connection ends") {
  for (const char* lengths : {"content-length: 3\r\n", "content-length: 0\r\n"}) {
    INFO(lengths);
    const HardCase met = meet(ok_line + lengths +
                              "transfer-encoding: chunked\r\n\r\n"
                              "5\r\n12345\r\n0\r\n\r\n");
    CHECK(met.outcome.body() == "12345");
    CHECK(met.next == "fresh");  // where the body ended may be seen otherwise next time
  }
}

TEST_CASE("hard case 24: an unknown transfer coding is refused") {
  CHECK(refusal_of(with_coding("exotic")) == undecodable);
  CHECK(refusal_of(with_coding("exotic, chunked")) == undecodable);
}

TEST_CASE("hard case 25: a known transfer coding that nobody asked for is refused") {
  // libcurl 7.88 decodes it, 8.5 waits for ever, 8.21 refuses it: we do the same with all.
  const std::string bytes = gzip("ok");
  REQUIRE(bytes.size() == 22);
  CHECK(refusal_of(ok_line + "transfer-encoding: gzip, chunked\r\n\r\n16\r\n" + bytes +
                   "\r\n0\r\n\r\n") == undecodable);
  CHECK(refusal_of(with_coding("gzip")) == undecodable);
}

TEST_CASE("hard case 26: chunked twice, or not last, is refused") {
  CHECK(refusal_of(with_coding("chunked, chunked")) == undecodable);
  CHECK(refusal_of(with_coding("chunked, gzip")) == undecodable);
  CHECK(refusal_of(ok_line + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n"
                             "2\r\nok\r\n0\r\n\r\n") == undecodable);
}

TEST_CASE("hard case 31: a HEAD that is answered by a body without headers is refused") {
  const HardCase met = meet("<html>what is a head?</html>\n", Ending::closes,
                            [](const std::string& url) { return Request::head(url).build(); });
  CHECK(met.outcome.summary() == violation);
  CHECK(met.next == "fresh");
}
