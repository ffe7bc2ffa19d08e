#include "curl/bounded_response.hpp"

#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr BoundedResponseLimits limits{.body_bytes_max = 10,
                                       .error_body_bytes_max = 4,
                                       .header_bytes_max = 200,
                                       .header_count_max = 4};

/// Gives `lines` one by one, each with its line end; returns whether all were taken.
bool take_in(BoundedResponse& response, std::initializer_list<const char*> lines) {
  for (const char* line : lines) {
    if (!response.add_header_line(std::string(line) + "\r\n")) return false;
  }
  return true;
}

TEST_CASE("a bounded response is taken in") {
  BoundedResponse response(limits);
  CHECK_FALSE(response.has_bytes());
  REQUIRE(take_in(response, {"HTTP/1.1 200 OK", "Content-Length: 10", "X-A:  b ", ""}));
  CHECK(response.is_head_complete());
  CHECK(response.add_body("01234"));
  CHECK(response.add_body("56789"));
  const BlockingResponse taken = response.take();
  CHECK(taken.status == 200);
  CHECK(taken.headers.get("x-a") == "b");
  CHECK(taken.body == "0123456789");
  CHECK(taken.is_delimited);
}

TEST_CASE("a response that breaks off in its headers is not complete") {
  BoundedResponse response(limits);
  REQUIRE(take_in(response, {"HTTP/1.1 200 OK", "a: b"}));
  CHECK_FALSE(response.is_head_complete());
}

TEST_CASE("interim responses and trailers leave no trace in a bounded response") {
  BoundedResponse response(limits);
  REQUIRE(take_in(response, {"HTTP/1.1 100 Continue", "a: interim", ""}));
  CHECK_FALSE(response.is_head_complete());
  REQUIRE(take_in(response, {"HTTP/1.1 200 OK", "transfer-encoding: chunked", ""}));
  CHECK(response.add_body("x"));
  REQUIRE(take_in(response, {"b: trailer", ""}));
  const BlockingResponse taken = response.take();
  CHECK(taken.is_delimited);
  CHECK_FALSE(taken.headers.contains("a"));
  CHECK_FALSE(taken.headers.contains("b"));
}

TEST_CASE("a body that ends with the connection alone is told apart") {
  BoundedResponse response(limits);
  REQUIRE(take_in(response, {"HTTP/1.1 200 OK", ""}));
  CHECK_FALSE(response.take().is_delimited);
  BoundedResponse empty(limits);
  REQUIRE(take_in(empty, {"HTTP/1.1 204 No Content", ""}));
  CHECK(empty.take().is_delimited);
}

TEST_CASE("a body beyond its limit is refused when it is a payload and cut when it is an error") {
  BoundedResponse payload(limits);
  REQUIRE(take_in(payload, {"HTTP/1.1 206 Partial", ""}));
  CHECK(payload.add_body("0123456789"));
  CHECK_FALSE(payload.add_body("x"));
  REQUIRE(payload.failure());
  CHECK(payload.failure()->code == ErrorCode::body_too_large);

  BoundedResponse error(limits);
  REQUIRE(take_in(error, {"HTTP/1.1 500 Oops", ""}));
  CHECK(error.add_body("01"));
  CHECK_FALSE(error.add_body("2345"));
  CHECK_FALSE(error.failure());
  CHECK(error.is_body_cut());
  CHECK(error.take().body == "0123");
}

TEST_CASE("headers beyond their limits are refused, trailers included") {
  BoundedResponse many(limits);
  REQUIRE(take_in(many, {"HTTP/1.1 103 Early", "a: 1", "b: 2", "", "HTTP/1.1 200 OK", "c: 3", ""}));
  CHECK(take_in(many, {"d: 4", "e: 5", "f: 6"}));
  CHECK_FALSE(take_in(many, {"g: 7"}));
  CHECK(many.failure()->code == ErrorCode::headers_too_large);

  BoundedResponse large(limits);
  REQUIRE(take_in(large, {"HTTP/1.1 200 OK"}));
  CHECK_FALSE(large.add_header_line("a: " + std::string(200, 'x')));
  CHECK(large.failure()->code == ErrorCode::headers_too_large);
}

TEST_CASE("status lines and headers that are none are refused") {
  for (const char* line : {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
                           "HTTP/1.1 099 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 -20 OK"}) {
    INFO(line);
    BoundedResponse response(limits);
    CHECK_FALSE(take_in(response, {line}));
    CHECK(response.failure()->code == ErrorCode::protocol_violation);
  }
  BoundedResponse response(limits);
  REQUIRE(take_in(response, {"HTTP/1.1 200", "a: 1", " folded"}));
  CHECK_FALSE(take_in(response, {"no token: x", ""}));
  CHECK(response.failure()->code == ErrorCode::protocol_violation);
}

}  // namespace
}  // namespace async_http_pool
