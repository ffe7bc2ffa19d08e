// What the request after a redirect looks like.
#include "exchange/redirect_policy.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"
#include "support/redirect_rules.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

using test::default_redirect_rules;

Request next_of(const Request& request, int status, const std::string& location,
                const RedirectRules& rules = default_redirect_rules()) {
  RedirectDecision decision =
      decide_redirect(request, status, Headers{{"location", location}}, {}, rules);
  REQUIRE(decision.verdict == RedirectVerdict::follow);
  return std::move(*decision.next);
}

TEST_CASE("hard case 82: 301 and 302 turn POST into GET, 303 all but HEAD, 307 and 308 nothing") {
  // Methods after 301 and 302, 303, 307 and 308. RFC 9110, section 15.4.
  struct Row {
    const char* method;
    const char* after_302;
    const char* after_303;
  };
  for (const Row& row :
       {Row{"GET", "GET", "GET"}, Row{"HEAD", "HEAD", "HEAD"}, Row{"POST", "GET", "GET"},
        Row{"PUT", "PUT", "GET"}, Row{"PATCH", "PATCH", "GET"}, Row{"DELETE", "DELETE", "GET"},
        Row{"OPTIONS", "OPTIONS", "GET"}, Row{"REPORT", "REPORT", "GET"}}) {
    const std::string method = row.method;
    RequestBuilder builder = Request::builder(method, "http://a/");
    if (method != "GET" && method != "HEAD") builder.body(std::string_view("b\0dy", 4));
    const Request request = builder.build();
    for (const int status : {301, 302, 303, 307, 308}) {
      INFO(status << " " << method);
      const std::string after = status == 303   ? row.after_303
                                : status <= 302 ? row.after_302
                                                : row.method;
      const Request next = next_of(request, status, "http://other/");
      CHECK(next.method() == after);
      CHECK(next.body() == (after == method ? request.body() : std::nullopt));
    }
  }
  CHECK_FALSE(next_of(Request::post("http://a/").build(), 307, "/b").body());
}

TEST_CASE("a file or parts go along like other bodies, or are dropped like them") {
  const Multipart parts = Multipart().add_field("a", "1").add_file("b", "b.csv");
  const Request file = Request::post("http://a/").body_file("x.csv").build();
  const Request multipart = Request::put("http://a/").multipart(parts).build();
  for (const int status : {307, 308}) {
    CHECK(next_of(file, status, "http://other/").body_file() == "x.csv");
    CHECK(next_of(multipart, status, "http://other/").multipart() == parts);
  }
  CHECK(next_of(multipart, 302, "/b").multipart() == parts);  // PUT stays PUT
  for (const Request& next : {next_of(file, 302, "/b"), next_of(multipart, 303, "/b")}) {
    CHECK(next.method() == "GET");
    CHECK_FALSE(next.body_file());
    CHECK_FALSE(next.multipart());
  }
}

TEST_CASE("what describes a body goes with the body and is dropped with it") {
  const Request request = Request::post("http://a/")
                              .header("Content-Type", "text/plain")
                              .header("Content-Encoding", "gzip")
                              .header("Content-Language", "en")
                              .header("Digest", "sha-256=x")
                              .header("Repr-Digest", "sha-256=:x:")
                              .header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
                              .header("X-Content-Type", "mine")
                              .header("Accept", "text/html")
                              .body("body")
                              .build();
  CHECK(next_of(request, 307, "/b").headers() == request.headers());
  CHECK(next_of(request, 302, "/b").headers() ==
        Headers{{"x-content-type", "mine"}, {"accept", "text/html"}});
  const Request put =
      Request::put("http://a/").header("Content-Type", "text/plain").body("body").build();
  CHECK(next_of(put, 302, "/b").headers() == put.headers());
  CHECK(next_of(put, 303, "/b").headers().empty());
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

TEST_CASE("hard case 76: a list of sensitive headers replaces the default one") {
  const TextList names = {"X-OTHER", "x-tenant"};
  const RedirectRules rules = {.redirects_max = 5, .sensitive_headers = names};
  Request request = with_credentials("http://a/");
  const Headers away = next_of(request, 302, "http://b/", rules).headers();
  CHECK_FALSE(away.contains("x-other"));
  CHECK(away.contains("x-api-key"));
  for (const char* name : {"authorization", "cookie", "cookie2", "proxy-authorization"})
    CHECK_FALSE(away.contains(name));  // whatever is configured
  CHECK(next_of(request, 302, "/b", rules).headers() == request.headers());
  const TextList none;
  const RedirectRules trusting = {.redirects_max = 5, .sensitive_headers = none};
  CHECK_FALSE(next_of(request, 302, "http://b/", trusting).headers().contains("authorization"));
  CHECK(next_of(request, 302, "http://b/", trusting).headers().contains("x-other"));
}

TEST_CASE("a referer is the URL that redirected, without fragment, where that is asked for") {
  RedirectRules rules = default_redirect_rules();
  rules.allow_https_to_http = true;
  const auto referer = [&](const Request& request, const std::string& location) {
    const Headers headers = next_of(request, 302, location, rules).headers();
    CHECK(headers.get_all("referer").size() == (headers.contains("referer") ? 1 : 0));
    return std::string(headers.get("referer").value_or("none"));
  };
  const Request plain = Request::get("http://a/d?q=1#f").build();
  const Request secure = Request::get("https://a/d?q=1#f").build();
  CHECK(referer(plain, "/x") == "none");
  rules.referer = true;
  CHECK(referer(plain, "/x") == "http://a/d?q=1");
  CHECK(referer(plain, "http://b/") == "http://a/d?q=1");
  CHECK(referer(plain, "https://b/") == "http://a/d?q=1");
  CHECK(referer(secure, "https://b/") == "https://a/d?q=1");
  CHECK(referer(secure, "http://a/") == "none");
}

TEST_CASE("a referer of the request's own is replaced, and never goes from https to http") {
  RedirectRules rules = default_redirect_rules();
  rules.allow_https_to_http = true;
  for (const bool sends : {false, true}) {
    rules.referer = sends;
    const Request request = Request::get("https://a/").header("Referer", "https://own/").build();
    const auto kept = next_of(request, 302, "/b", rules).headers().get_all("referer").size();
    CHECK(kept == 1);
    CHECK(next_of(request, 302, "/b", rules).headers().get("referer") ==
          (sends ? "https://a/" : "https://own/"));
    CHECK_FALSE(next_of(request, 302, "http://a/", rules).headers().contains("referer"));
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
