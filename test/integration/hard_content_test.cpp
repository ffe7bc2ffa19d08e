// Group C of HARD-CASES.md: content codings and types. More of them: errors_test, limits_test,
// size_limits_test.
#include "support/encoding.hpp"
#include "support/hard_case.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* undecodable = "unknown content_decoding";

}  // namespace

TEST_CASE("hard case 65: corrupt gzip is an error of the content") {
  std::string bytes = gzip(std::string(1000, 'z'));
  bytes[bytes.size() / 2] ^= 0x55;
  CHECK(refusal_of(response(200, bytes, "content-encoding: gzip\r\n")) == undecodable);
}

TEST_CASE(
    "hard case 66: gzip that ends early, in a body that does not, gives what there is of it") {
  // It should be an error, and is none: libcurl decodes, and does not tell that the decoder was not
  // at its end when the body was. Neither does it show the encoded bytes, the last eight of which
  // would tell; how many they were tells nothing. To decode them here would mean to do without
  // libcurl's decoders, br and zstd included. What a connection cuts off is noticed all the same,
  // by the length or the last chunk that is missing: only who encoded it can cause this.
  const std::string whole = gzip(std::string(1000, 'z') + "the end");
  const std::string half = whole.substr(0, whole.size() - 12);
  const HardCase met = meet(response(200, half, "content-encoding: gzip\r\n"));
  REQUIRE(met.outcome.status() == 200);
  CHECK(met.outcome.body().size() < 1007);
  CHECK(met.next == "reused");
  const std::string cut =
      response(200, whole, "content-encoding: gzip\r\n").substr(0, 100);  // within the body
  CHECK(refusal_of(cut, Ending::closes) == "connection truncated_response");
}

TEST_CASE("hard case 67: more codings than anybody needs are refused") {
  CHECK(refusal_of(
            response(200, "text", "content-encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n")) ==
        undecodable);
}

TEST_CASE("hard case 68: an unknown coding is refused, behind a known one too") {
  CHECK(refusal_of(response(200, "text", "content-encoding: exotic\r\n")) == undecodable);
  CHECK(refusal_of(response(200, gzip("text"), "content-encoding: gzip, exotic\r\n")) ==
        undecodable);
}

TEST_CASE("hard case 70: gzip that is none is an error of the content, not of the network") {
  CHECK(refusal_of(response(200, "plain text", "content-encoding: gzip\r\n")) == undecodable);
}

TEST_CASE("hard case 71: a body that is not what its type says survives JSON, byte by byte") {
  const std::string binary("{\"a\": \x80\xff\0\x01}", 12);
  for (const char* type :
       {"application/json", "application/json; charset=no-such-charset", "text/plain; charset=\xff",
        "text/html; charset=utf-16", "application/json; charset=\"", "nonsense"}) {
    INFO(type);
    const HardCase met = meet(response(200, binary, "content-type: " + std::string(type) + "\r\n"));
    REQUIRE(met.outcome.body() == binary);
    CHECK(Response::from_json(met.outcome.response().to_json()).body() == binary);
    CHECK_THROWS_AS(met.outcome.response().json(), std::exception);
    CHECK(met.next == "reused");
  }
}
