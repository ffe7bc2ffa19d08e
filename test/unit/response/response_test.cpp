#include <async_http_pool/response.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

Response response_of(int status, const char* content_type = "",
                     std::optional<std::string> body = {}) {
  ResponseParts parts;
  parts.status = status;
  if (*content_type != '\0') parts.headers.set("Content-Type", content_type);
  parts.body = std::move(body);
  return Response(std::move(parts));
}

}  // namespace

TEST_CASE("A response belongs to the class of its status") {
  struct Case {
    int status;
    bool success, redirect, client_error, server_error;
  };
  for (const Case& c : {Case{199, false, false, false, false}, Case{200, true, false, false, false},
                        Case{299, true, false, false, false}, Case{300, false, true, false, false},
                        Case{399, false, true, false, false}, Case{400, false, false, true, false},
                        Case{499, false, false, true, false}, Case{500, false, false, false, true},
                        Case{599, false, false, false, true}, Case{600, false, false, false, false},
                        Case{0, false, false, false, false}}) {
    INFO(c.status);
    const Response response = response_of(c.status);
    CHECK(response.is_success() == c.success);
    CHECK(response.is_redirect() == c.redirect);
    CHECK(response.is_client_error() == c.client_error);
    CHECK(response.is_server_error() == c.server_error);
    CHECK(response.is_error() == (c.client_error || c.server_error));
  }
}

TEST_CASE("A response beyond its bounds is refused") {
  const auto make = [](int status, std::chrono::nanoseconds duration, const char* method) {
    ResponseParts parts;
    parts.status = status;
    parts.duration = duration;
    parts.method = method;
    return Response(std::move(parts));
  };
  using namespace std::chrono_literals;
  CHECK(make(999, 9223372036s, "get").method() == "GET");
  CHECK(make(0, 0s, "").method().empty());
  CHECK_THROWS_WITH(make(-1, 0s, ""), "status must be between 0 and 999, got: -1");
  CHECK_THROWS_AS(make(1000, 0s, ""), std::invalid_argument);
  CHECK_THROWS_AS(make(200, -1ns, ""), std::invalid_argument);
  CHECK_THROWS_AS(make(200, 9223372036s + 1ns, ""), std::invalid_argument);
  CHECK_THROWS_AS(make(200, 0s, "a b"), std::invalid_argument);
  CHECK_THROWS_AS(make(200, 0s, "connect"), std::invalid_argument);
}

TEST_CASE("No body and an empty body are told apart") {
  CHECK_FALSE(response_of(204).has_body());
  CHECK(response_of(204).body().empty());
  CHECK(response_of(200, "", "").has_body());
}

TEST_CASE("Copies of a response share their content") {
  const Response response = response_of(200, "text/plain", "body");
  const Response copy = response;
  CHECK(&copy.body() == &response.body());
}

TEST_CASE("The body is read as JSON where the content type says so") {
  CHECK(response_of(200, "application/json", "{\"a\":[1]}").json() ==
        Value::object({{"a", Value::array({1})}}));
  CHECK(response_of(200, "Application/Problem+JSON; x=y", "1").json() == Value(1));
  CHECK_THROWS_AS(response_of(200, "text/plain", "1").json(), std::invalid_argument);
  CHECK_THROWS_AS(response_of(200, "", "1").json(), std::invalid_argument);
  CHECK_THROWS_AS(response_of(200, "application/json", "{").json(), ParseError);
  CHECK_THROWS_AS(response_of(204, "application/json").json(), ParseError);
}

TEST_CASE("The text of a body is UTF-8, whatever the charset of the content type") {
  const auto text = [](const char* content_type, std::string body) {
    return response_of(200, content_type, std::move(body)).text();
  };
  CHECK(text("text/plain; charset=ISO-8859-1", "\xe9") == "é");
  CHECK(text("text/plain; charset=\"Shift_JIS\"", "\x93\xfa") == "日");
  CHECK(text("text/plain; charset=utf8", "\xef\xbb\xbfé") == "é");
  CHECK(text("text/plain", "é") == "é");
  CHECK(text("", "\xef\xbb\xbf") == "");
  CHECK(text("text/plain", std::string("\xff\xfeh\0i\0", 6)) == "hi");
  CHECK(text("text/plain; charset=utf-16be", std::string("\0h", 2)) == "h");
  CHECK(response_of(204, "text/plain; charset=latin1").text().empty());
  CHECK_THROWS_WITH(text("text/plain", "a\xe9"), "not UTF-8 at byte 1");
  CHECK_THROWS_WITH(text("text/plain; charset=bogus", "a"), "charset is not known, got: \"bogus\"");
  CHECK_THROWS_AS(text("text/plain; charset=us-ascii", "\xe9"), std::invalid_argument);
}

TEST_CASE("Of several content types the first counts, joined or not") {
  for (const bool is_joined : {false, true}) {
    INFO(is_joined);
    ResponseParts parts;
    parts.body = "\"é\"";
    if (is_joined) {
      parts.headers.add("content-type", "application/json, text/plain; charset=latin1");
    } else {
      parts.headers.add("content-type", "application/json");
      parts.headers.add("content-type", "text/plain; charset=latin1");
    }
    const Response response(std::move(parts));
    for (const Response& read : {response, Response::from_json(response.to_json())}) {
      CHECK(read.text() == "\"é\"");
      CHECK(read.json() == Value("é"));
    }
  }
}

TEST_CASE("JSON is read in any charset") {
  CHECK(response_of(200, "application/json; charset=utf-16", std::string("\xfe\xff\0[\0]", 6))
            .json() == Value::array());
  CHECK(response_of(200, "application/json; charset=utf-16le", std::string("1\0", 2)).json() ==
        Value(1));
  CHECK(response_of(200, "application/json", "\xef\xbb\xbf[1]").json() == Value::array({1}));
  CHECK(response_of(200, "text/json; charset=latin1", "\"\xe9\"").json() == Value("é"));
  CHECK(response_of(200, "text/json; charset=shift_jis", "\"\\n\"").json() == Value("\n"));
  CHECK_THROWS_WITH(response_of(200, "text/json", "\"\xff\"").json(),
                    "response body is not JSON: not UTF-8 at byte 1");
  CHECK_THROWS_AS(response_of(200, "text/json; charset=bogus", "1").json(), ParseError);
  ParseLimits limits;
  limits.depth_max = 1;
  CHECK_THROWS_AS(response_of(200, "text/json", "[[]]").json(limits), ParseError);
}

}  // namespace async_http_pool
