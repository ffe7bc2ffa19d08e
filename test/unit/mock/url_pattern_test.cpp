// Which URLs a rule of a mock is for.
#include "mock/url_pattern.hpp"

#include <chrono>
#include <string>

#include "mock/request_pattern.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

struct Case {
  const char* pattern;
  const char* url;
  bool fits;
};

TEST_CASE("a star in a URL stands for anything but a slash, two stars for anything at all") {
  const Case cases[] = {
      {"http://h/a", "http://h/a", true},
      {"http://h/a", "http://h/ab", false},
      {"http://h/ab", "http://h/a", false},
      {"http://h/*", "http://h/", true},
      {"http://h/*", "http://h/a", true},
      {"http://h/*", "http://h/a/b", false},
      {"http://h/*/b", "http://h/a/b", true},
      {"http://h/*/b", "http://h//b", true},
      {"http://h/*/b", "http://h/a/c/b", false},
      {"http://h/**/b", "http://h/a/c/b", true},
      {"http://h/**", "http://h/a/b/", true},
      {"http://h/**b", "http://h/bab", true},
      {"http://h/**b", "http://h/baba", false},
      {"http://h/a*c*e", "http://h/abcde", true},
      {"http://h/a*c*e", "http://h/acxce", true},
      {"http://h/a*c*e", "http://h/abcd/e", false},
      {"http://h/**/x*z", "http://h/xyz/a/xz", true},
      {"http://h/**/x*z", "http://h/a/x/z", false},
      {"http://h/***", "http://h/a/b", true},
      {"http://*/a", "http://h.example:8080/a", true},
      {"http://*/a", "https://h/a", false},
      {"*://h/a", "https://h/a", true},
      {"http://*.example/", "http://a.b.example/", true},
      {"http://*.example/", "http://example/", false},
      {"**/users/*", "https://api.example/v1/users/7", true},
      {"**/users/*", "https://api.example/v1/users/7/x", false},
      {"http://h/%2A", "http://h/%2A", true},
      {"http://h/a.b", "http://h/aXb", false},
      {"http://h/[a]", "http://h/a", false},
  };
  for (const auto& [pattern, url, fits] : cases) {
    INFO(pattern << " and " << url);
    CHECK(UrlPattern(pattern).matches(url) == fits);
  }
}

TEST_CASE("a URL without a query matches any query, one with a query that alone") {
  const Case cases[] = {
      {"http://h/a", "http://h/a?x=1", true},
      {"http://h/a", "http://h/a?x=/", true},
      {"http://h/a", "http://h/ab?x=1", false},
      {"http://h/a?x=1", "http://h/a?x=1", true},
      {"http://h/a?x=1", "http://h/a", false},
      {"http://h/a?x=1", "http://h/a?x=12", false},
      {"http://h/a?x=*", "http://h/a?x=12&y=3", true},
      {"http://h/a?x=*", "http://h/a?x=a/b", false},
      {"http://h/a?**x=1**", "http://h/a?z=/&x=1", true},
      {"http://h/*?", "http://h/a?", true},
      {"http://h?x=1", "http://h/?x=1", true},
      {"http://h/", "http://h?x=1", true},
  };
  for (const auto& [pattern, url, fits] : cases) {
    INFO(pattern << " and " << url);
    CHECK(UrlPattern(pattern).matches(url) == fits);
  }
}

TEST_CASE("one URL may be written in several ways, and * alone is any") {
  const Case cases[] = {
      {"http://h", "http://h/", true},
      {"http://h/", "http://h", true},
      {"http://h", "http://h/a", false},
      {"HTTP://API.Example/A", "http://api.example/A", true},
      {"http://api.example/A", "http://api.example/a", false},
      {"http://h:80/a", "http://h/a", true},
      {"http://h/a", "http://h:80/a", true},
      {"https://h/a", "https://h:443/a", true},
      {"https://h/a", "https://h:80/a", false},
      {"http://h:8080/a", "http://h/a", false},
      {"http://h/a", "http://h/a#part", true},
      {"http://h/a#x", "http://h/a#y", true},
      {"http://h**", "http://h/a/b", true},
      {"http://h**", "http://hh:1/a/b?c", true},
      {"*", "http://h/a/b?c=d", true},
      {"**", "http://h/a/b?c=d", true},
  };
  for (const auto& [pattern, url, fits] : cases) {
    INFO(pattern << " and " << url);
    CHECK(UrlPattern(pattern).matches(url) == fits);
  }
}

TEST_CASE("a pattern that no URL can match is refused") {
  for (const char* text : {"", "/users", "h/a", "ftp://h/", "api.example/*", "#a"}) {
    INFO(text);
    CHECK(refusal_of([&] { return UrlPattern(text); }) ==
          "url of a mock must be absolute, http or https, or begin with *, got: \"" +
              std::string(text) + '"');
  }
}

TEST_CASE("a method is compared as it is sent, and * is any") {
  const Request get = Request::get("http://h/a").build();
  CHECK(RequestPattern("get", "http://h/*").matches(get));
  CHECK(RequestPattern("*", "http://h/*").matches(get));
  CHECK_FALSE(RequestPattern("POST", "http://h/*").matches(get));
  CHECK_FALSE(RequestPattern("GET", "http://h/b").matches(get));
  const Request own = Request::builder("Purge", "http://h/a").build();
  CHECK(RequestPattern("Purge", "*").matches(own));
  CHECK_FALSE(RequestPattern("PURGE", "*").matches(own));
  CHECK_FALSE(refusal_of([] { return RequestPattern("G ET", "*"); }).empty());
  CHECK(RequestPattern("delete", "http://h/*").text() == "DELETE http://h/*");
}

TEST_CASE("a pattern of many stars takes no time that grows beyond both lengths") {
  std::string pattern = "**";
  for (int i = 0; i < 40; ++i) pattern += "a**a*";
  const std::string text(4000, 'a');
  const auto begin = std::chrono::steady_clock::now();
  CHECK(matches_glob(pattern, text));
  CHECK_FALSE(matches_glob(pattern + 'b', text));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

}  // namespace
}  // namespace async_http_pool
