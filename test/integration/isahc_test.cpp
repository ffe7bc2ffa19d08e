// Behaviours that Isahc's tests assert and no other file is about; the whole list is in README.md.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::vector<std::string> values_of(const ReceivedRequest& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.headers) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace

TEST_CASE("isahc: returns_correct_response_code") {
  DynamicServer server;
  RunningProcessor processor;
  for (const int status : {200, 202, 204, 302, 308, 400, 403, 404, 418, 429, 451, 500, 503}) {
    INFO(status);
    const std::size_t before = server.requests().size();
    CHECK(processor.get(server.url("/status/" + std::to_string(status))).status() == status);
    CHECK(server.requests().size() == before + 1);
  }
}

TEST_CASE("isahc: accept_headers_populated_by_default") {
  DynamicServer server;
  RunningProcessor processor;
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  const ReceivedRequest request = server.requests().back();
  CHECK(values_of(request, "accept") == std::vector<std::string>{"*/*"});
  CHECK(request.header("accept-encoding").find("gzip") != std::string::npos);
  CHECK(request.header("accept-encoding").find("deflate") != std::string::npos);
}

TEST_CASE("isahc: headers of a template are sent, and a request's own of one name replace them") {
  DynamicServer server;
  RunningProcessor processor;
  Headers headers = {{"x-one", "1"}, {"x-many", "1"}};
  headers.add("x-many", "2");
  const RequestTemplate api({.base_url = server.url("/"), .headers = headers});
  REQUIRE(processor.run(api.get("echo").build()).status() == 200);
  CHECK(values_of(server.requests().back(), "x-one") == std::vector<std::string>{"1"});
  CHECK(values_of(server.requests().back(), "x-many") == std::vector<std::string>{"1", "2"});

  REQUIRE(processor.run(api.get("echo").header("X-Many", "mine").build()).status() == 200);
  CHECK(values_of(server.requests().back(), "x-one") == std::vector<std::string>{"1"});
  CHECK(values_of(server.requests().back(), "x-many") == std::vector<std::string>{"mine"});
}

TEST_CASE("isahc: headers_are_reset_every_redirect, and so is the body of a redirect") {
  DynamicServer server;
  server.route("/from", [](const ReceivedRequest&) {
    return Reply{.status = 302,
                 .headers = {{"location", "/to"}, {"x-of-redirect", "1"}, {"x-of-both", "1"}},
                 .body = std::string(20'000, 'r')};
  });
  server.route("/to", [](const ReceivedRequest&) {
    return Reply{.headers = {{"x-of-both", "2"}}, .body = "arrived"};
  });
  RunningProcessor processor;
  const Outcome outcome = processor.get(server.url("/from"));
  CHECK(outcome.body() == "arrived");
  CHECK_FALSE(outcome.response().headers().contains("x-of-redirect"));
  CHECK(outcome.response().headers().get("x-of-both") == "2");
  CHECK(server.connections() == 1);  // what came with the redirect was read, not cut off
}

TEST_CASE("isahc: response_301_no_follow keeps the URL and gives the body of the redirect") {
  DynamicServer server;
  server.route("/from", [](const ReceivedRequest&) {
    return Reply{.status = 301, .headers = {{"location", "/to"}}, .body = "moved"};
  });
  RunningProcessor processor;
  const Request request = Request::get(server.url("/from")).max_redirects(0).build();
  const Outcome outcome = processor.run(request);
  CHECK(outcome.status() == 301);
  CHECK(outcome.body() == "moved");
  CHECK(outcome.response().url() == server.url("/from"));
  CHECK(outcome.response().headers().get("location") == "/to");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("isahc: content_length_header_takes_precedence; here it is refused at the door") {
  CHECK_THROWS_AS(Request::post("http://127.0.0.1/").header("content-length", "3"),
                  std::invalid_argument);
}

TEST_CASE("isahc: large_response_body") {
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.get(server.url("/bytes/13000")).body() == std::string(13'000, 'x'));
}
