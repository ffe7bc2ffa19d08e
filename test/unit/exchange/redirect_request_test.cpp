// What the request after a redirect looks like.
#include "exchange/redirect_policy.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

Request next_of(const Request& request, int status, const std::string& location) {
  RedirectDecision decision =
      decide_redirect(request, status, Headers{{"location", location}}, {}, 5);
  REQUIRE(decision.verdict == RedirectVerdict::follow);
  return std::move(*decision.next);
}

TEST_CASE("hard case 82: 301, 302 and 303 lead to GET without body, HEAD stays HEAD") {
  const int status = GENERATE(301, 302, 303);
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT"}) {
    INFO(status << " " << method);
    RequestBuilder builder = Request::builder(method, "http://a/");
    if (method != "GET") builder.body("body");
    const Request next = next_of(builder.build(), status, "/b");
    CHECK(next.method() == "GET");
    CHECK_FALSE(next.body());
  }
  CHECK(next_of(Request::head("http://a/").build(), status, "/b").method() == "HEAD");
}

TEST_CASE("307 and 308 keep method and body") {
  const int status = GENERATE(307, 308);
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT"}) {
    INFO(status << " " << method);
    const Request request =
        Request::builder(method, "http://a/").body(std::string_view("b\0dy", 4)).build();
    const Request next = next_of(request, status, "http://other/");
    CHECK(next.method() == method);
    CHECK(next.body() == request.body());
  }
  CHECK(next_of(Request::get("http://a/").build(), status, "/b").method() == "GET");
  CHECK(next_of(Request::head("http://a/").build(), status, "/b").method() == "HEAD");
  CHECK_FALSE(next_of(Request::post("http://a/").build(), status, "/b").body());
}

TEST_CASE("what describes a body goes with the body and is dropped with it") {
  const Request request = Request::post("http://a/")
                              .header("Content-Type", "text/plain")
                              .header("Content-Encoding", "gzip")
                              .header("Content-Language", "en")
                              .header("X-Content-Type", "mine")
                              .header("Accept", "text/html")
                              .body("body")
                              .build();
  CHECK(next_of(request, 307, "/b").headers() == request.headers());
  CHECK(next_of(request, 302, "/b").headers() ==
        Headers{{"x-content-type", "mine"}, {"accept", "text/html"}});
}

TEST_CASE("a body made from JSON keeps its type over a 308") {
  const Request request = Request::post("http://a/").json(Value(7)).build();
  const Request next = next_of(request, 308, "http://b/");
  CHECK(next.body() == "7");
  CHECK(next.headers() == request.headers());
}

Request with_credentials(const std::string& url) {
  return Request::get(url)
      .header("Authorization", "Bearer secret")
      .header("COOKIE", "secret=1")
      .header("Cookie2", "secret")
      .header("Proxy-Authorization", "Basic secret")
      .header("X-API-Key", "secret")
      .header("X-Auth-Token", "secret")
      .header("X-Amz-Security-Token", "secret")
      .header("X-Goog-Api-Key", "secret")
      .header("Www-Authenticate", "secret")
      .header("X-Other", "plain")
      .build();
}

TEST_CASE("hard case 76: credentials go to the same origin and to no other") {
  struct Row {
    const char* from;
    const char* location;
    bool is_same_origin;
  };
  const Row rows[] = {{"http://a/", "/x", true},
                      {"http://a/", "http://a/x", true},
                      {"http://a/", "http://A/x", true},
                      {"http://a/", "//a/x", true},
                      {"http://a/", "http://a:80/x", true},
                      {"http://a:80/", "http://a/x", true},
                      {"https://a/", "https://a:443/x", true},
                      {"https://a:443/", "//a/x", true},
                      {"https://a:0443/", "https://a/x", true},
                      {"http://a:/", "http://a/x", true},
                      {"http://[::1]/", "http://[::1]:80/x", true},
                      {"http://a/", "https://a/x", false},
                      {"http://a/", "https://a:80/x", false},
                      {"http://a:443/", "https://a/x", false},
                      {"http://a/", "http://a:81/x", false},
                      {"http://a:81/", "http://a/x", false},
                      {"http://a/", "http://b/x", false},
                      {"http://a/", "http://a.b/x", false},
                      {"http://a.b/", "http://b/x", false},
                      {"http://a/", "//b/x", false},
                      {"http://a/", "http://a./x", false},
                      {"http://127.0.0.1/", "http://localhost/x", false}};
  for (const Row& row : rows) {
    INFO(row.from << " to " << row.location);
    const Request request = with_credentials(row.from);
    const Headers headers = next_of(request, 302, row.location).headers();
    if (row.is_same_origin) {
      CHECK(headers == request.headers());
    } else {
      CHECK(headers == Headers{{"x-other", "plain"}});
    }
  }
}

TEST_CASE("credentials are stripped as well where method and body are kept") {
  const Request request =
      Request::post("http://a/").header("Authorization", "x").body("body").build();
  const Request next = next_of(request, 307, "http://b/");
  CHECK(next.body() == "body");
  CHECK_FALSE(next.headers().contains("authorization"));
}

TEST_CASE("a header that stands several times stays so") {
  Headers headers;
  headers.add("x-tag", "1");
  headers.add("accept", "a");
  headers.add("x-tag", "2");
  const Request request = Request::get("http://a/").headers(headers).build();
  CHECK(next_of(request, 302, "/b").headers() == headers);
}

TEST_CASE("a request's own limits go with it, and none appear from nowhere") {
  const Request request = Request::get("http://a/").timeout(1234ms).max_redirects(7).build();
  const Request next = next_of(request, 302, "http://b/");
  CHECK(next.timeout() == 1234ms);
  CHECK(next.max_redirects() == 7);
  const Request plain = next_of(Request::get("http://a/").build(), 302, "/b");
  CHECK_FALSE(plain.timeout());
  CHECK_FALSE(plain.max_redirects());
}

}  // namespace
}  // namespace async_http_pool
