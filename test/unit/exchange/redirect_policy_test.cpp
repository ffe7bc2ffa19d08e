// Whether a redirect is followed, and where to. SEED.md 1.15 and its table of decisions.
#include "exchange/redirect_policy.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/redirect_rules.hpp"

namespace async_http_pool {
namespace {

using test::default_redirect_rules;
using Urls = std::vector<std::string>;

RedirectDecision decide(const std::string& url, const std::string& location, int status = 302,
                        const Urls& visited = {}, int redirects_max = 5) {
  return decide_redirect(Request::get(url).build(), status, Headers{{"location", location}},
                         visited, default_redirect_rules(redirects_max));
}

/// Where a redirect from `url` to `location` leads; the reason when it does not.
std::string target_of(const std::string& url, const std::string& location) {
  const RedirectDecision decision = decide(url, location);
  if (decision.verdict != RedirectVerdict::follow) return "not followed: " + decision.reason;
  CHECK(decision.url == decision.next->url());
  return decision.next->url();
}

TEST_CASE("five statuses redirect, and no other does") {
  for (const int status : {200, 201, 204, 300, 304, 305, 306, 309, 310, 399, 401, 500}) {
    INFO(status);
    CHECK(decide("http://a/", "/b", status).verdict == RedirectVerdict::deliver);
  }
  for (const int status : {301, 302, 303, 307, 308}) {
    INFO(status);
    CHECK(decide("http://a/", "/b", status).verdict == RedirectVerdict::follow);
  }
}

TEST_CASE("hard case 77: without a location a redirect is a response") {
  const Request request = Request::get("http://a/").build();
  CHECK(decide_redirect(request, 302, Headers(), {}, default_redirect_rules()).verdict ==
        RedirectVerdict::deliver);
  CHECK(decide("http://a/", "").verdict == RedirectVerdict::deliver);
}

TEST_CASE("no redirects allowed means that each is a response") {
  CHECK(decide("http://a/", "/b", 302, {}, 0).verdict == RedirectVerdict::deliver);
  CHECK(decide("http://a/", "/", 302, {}, 0).verdict == RedirectVerdict::deliver);
  CHECK(decide("https://a/", "http://a/", 302, {}, 0).verdict == RedirectVerdict::deliver);
}

TEST_CASE("as many redirects as allowed are followed, and one more is too many") {
  CHECK(decide("http://a/1", "/2", 302, {}, 1).verdict == RedirectVerdict::follow);
  const RedirectDecision decision = decide("http://a/2", "/3", 302, {"http://a/1"}, 1);
  CHECK(decision.verdict == RedirectVerdict::too_many);
  CHECK(decision.url == "/3");  // as the server gave it
  CHECK_FALSE(decision.next);
  const Urls two = {"http://a/0", "http://a/1"};
  CHECK(decide("http://a/2", "/3", 302, two, 3).verdict == RedirectVerdict::follow);
  CHECK(decide("http://a/2", "/3", 302, two, 2).verdict == RedirectVerdict::too_many);
}

TEST_CASE("too many is found before recursion, a downgrade or a location that makes no sense") {
  for (const char* location : {"https://a/1", "http://a/", "mailto:a@b", "http://[", "%%%"}) {
    INFO(location);
    CHECK(decide("https://a/2", location, 302, {"https://a/1"}, 1).verdict ==
          RedirectVerdict::too_many);
  }
}

TEST_CASE("hard case 72: a URL of the same chain is recursion") {
  struct Row {
    const char* url;
    const char* location;
    const char* visited;
    const char* resolved;
  };
  for (const Row& row : {Row{"http://a/1", "/1", "http://x/", "http://a/1"},
                         Row{"http://a/2", "http://a/1", "http://a/1", "http://a/1"},
                         Row{"http://a/d/2", "../1", "http://a/1", "http://a/1"},
                         Row{"http://a/2?q", "HTTP://A/1", "http://a/1", "http://a/1"},
                         Row{"http://a/1?q=1", "?q=1", "http://x/", "http://a/1?q=1"},
                         Row{"http://a/1#f", "/1", "http://x/", "http://a/1#f"}}) {
    INFO(row.url << " " << row.location);
    const RedirectDecision decision = decide(row.url, row.location, 302, {row.visited});
    CHECK(decision.verdict == RedirectVerdict::recursive);
    CHECK(decision.url == row.resolved);
    CHECK_FALSE(decision.next);
  }
  CHECK(decide("http://a/1", "/1?again").verdict == RedirectVerdict::follow);
}

TEST_CASE("hard case 81: a location is resolved by RFC 3986 against the URL that sent it") {
  const std::string base = "http://a:81/d/e?q=1";
  CHECK(target_of(base, "/x") == "http://a:81/x");
  CHECK(target_of(base, "x") == "http://a:81/d/x");
  CHECK(target_of(base, "./x") == "http://a:81/d/x");
  CHECK(target_of(base, "../x/./y/..") == "http://a:81/x/");
  CHECK(target_of(base, "../../../x") == "http://a:81/x");
  CHECK(target_of(base, "?q=2") == "http://a:81/d/e?q=2");
  CHECK(target_of(base, "x?y#z") == "http://a:81/d/x?y#z");
  CHECK(target_of(base, "//b/x") == "http://b/x");
  CHECK(target_of(base, "//b:82") == "http://b:82");
  CHECK(target_of(base, "https://B/X") == "https://b/X");
  CHECK(target_of(base, "http://b/x y") == "http://b/x%20y");
  CHECK(target_of("http://a", "x") == "http://a/x");
}

TEST_CASE("a location without a fragment inherits that of the URL, one of its own wins") {
  CHECK(target_of("http://a/1#old", "/2") == "http://a/2#old");
  CHECK(target_of("http://a/1#old", "/2#new") == "http://a/2#new");
  CHECK(target_of("http://a/1#old", "http://b/2") == "http://b/2#old");
}

TEST_CASE("hard case 79: what may not stand in a URL is encoded, what is encoded stays") {
  CHECK(target_of("http://a/", "/a b") == "http://a/a%20b");
  CHECK(target_of("http://a/", "/\xc3\xa9t\xc3\xa9") == "http://a/%C3%A9t%C3%A9");
  CHECK(target_of("http://a/", "/\xff") == "http://a/%FF");
  CHECK(target_of("http://a/", "/a%20b") == "http://a/a%20b");
  CHECK(target_of("http://a/", "  /blank\t") == "http://a/blank");
}

TEST_CASE("hard case 75: https leads to http only where that is allowed") {
  RedirectRules rules = default_redirect_rules();
  rules.allow_https_to_http = true;
  const auto verdict_of = [&](const char* location, const Urls& visited) {
    const Request request = Request::get("https://a/1").build();
    return decide_redirect(request, 302, Headers{{"location", location}}, visited, rules).verdict;
  };
  CHECK(verdict_of("http://a/2", {}) == RedirectVerdict::follow);
  CHECK(verdict_of("http://a/2", {"http://a/2"}) == RedirectVerdict::recursive);
  CHECK(verdict_of("ftp://a/2", {}) == RedirectVerdict::refuse);
  CHECK(verdict_of("file:///etc/passwd", {}) == RedirectVerdict::refuse);
}

TEST_CASE("hard case 75: unless allowed https never leads to http, the other way is open") {
  const RedirectDecision down = decide("https://a/", "http://a/x");
  CHECK(down.verdict == RedirectVerdict::refuse);
  CHECK(down.reason == "redirect from https to http");
  CHECK_FALSE(down.next);
  CHECK(decide("https://a/", "http://b:443/").verdict == RedirectVerdict::refuse);
  CHECK(decide("https://a/", "//b/").verdict == RedirectVerdict::follow);
  CHECK(decide("http://a/", "https://a/x").verdict == RedirectVerdict::follow);
}

TEST_CASE("locations that nobody should go to are refused") {
  for (const char* location :
       {"file:///etc/passwd", "ftp://a/", "mailto:a@b", "javascript:alert(1)", "data:,x",
        "gopher://a:1/", "http:", "http:/x", "http:x", "http:///x", "http://", "http://a:0/",
        "http://a:99999/", "http://a:b/", "http://me:secret@a/", "http://[::1", "http://a b/",
        "//"}) {
    INFO(location);
    const RedirectDecision decision = decide("http://a/", location);
    CHECK(decision.verdict == RedirectVerdict::refuse);
    CHECK(decision.reason.starts_with("redirect to an unusable location: "));
    CHECK_FALSE(decision.next);
  }
}

TEST_CASE("the reason of a refusal tells no secret") {
  const std::string reason = decide("http://a/", "http://me:secret@a/?token=hidden").reason;
  CHECK(reason.find("secret") == std::string::npos);
  CHECK(reason.find("hidden") == std::string::npos);
}

TEST_CASE("hard case 93: a location that is too long is refused") {
  CHECK(decide("http://a/", "/" + std::string(100'000, 'x')).verdict == RedirectVerdict::refuse);
}

TEST_CASE("hard case 78: locations that contradict each other are refused, equal ones are one") {
  const Request request = Request::get("http://a/").build();
  const auto verdict_of = [&](const char* first, const char* second) {
    Headers headers;
    headers.add("location", first);
    headers.add("location", second);
    return decide_redirect(request, 302, headers, {}, default_redirect_rules()).verdict;
  };
  CHECK(verdict_of("/b", "/c") == RedirectVerdict::refuse);
  CHECK(verdict_of("", "/c") == RedirectVerdict::refuse);
  CHECK(verdict_of("/b", "/b") == RedirectVerdict::follow);
}

TEST_CASE("to return to a URL is no recursion when the request has become another one") {
  const Request form = Request::post("http://a/form").body("x").build();
  const auto verdict = [](const Request& request, int status, Headers headers, bool keeps_cookies) {
    headers.set("location", request.url());
    RedirectRules rules = default_redirect_rules();
    rules.keeps_cookies = keeps_cookies;
    return decide_redirect(request, status, headers, {}, rules).verdict;
  };
  CHECK(verdict(form, 303, {}, false) == RedirectVerdict::follow);
  CHECK(verdict(form, 302, {}, false) == RedirectVerdict::follow);
  CHECK(verdict(form, 307, {}, false) == RedirectVerdict::recursive);
  const Request page = Request::get("http://a/page").build();
  CHECK(verdict(page, 302, {{"set-cookie", "a=1"}}, true) == RedirectVerdict::follow);
  CHECK(verdict(page, 302, {{"set-cookie", "a=1"}}, false) == RedirectVerdict::recursive);
  CHECK(verdict(page, 302, {}, true) == RedirectVerdict::recursive);
}

}  // namespace
}  // namespace async_http_pool
