#include <async_http_pool/cookie_jar.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("a jar gives a host the cookies that it set") {
  CookieJar jar;
  CHECK(jar.header_for("http://example.com/").empty());
  CHECK(jar.set("http://example.com/a/b", "foo=bar; Path=/"));
  CHECK(jar.set("http://example.com/a/b", "baz=123"));
  CHECK(jar.header_for("http://example.com/a/x?q") == "baz=123; foo=bar");
  CHECK(jar.header_for("http://EXAMPLE.com:8080/") == "foo=bar");  // ports do not count
  CHECK(jar.header_for("https://example.com/") == "foo=bar");
  CHECK(jar.header_for("http://www.example.com/").empty());
  CHECK(jar.header_for("http://other.com/").empty());
  jar.clear();
  CHECK(jar.cookies().empty());
}

TEST_CASE("a server replaces and removes its cookies") {
  CookieJar jar;
  CHECK(jar.set("http://x/", "a=1"));
  CHECK(jar.set("http://x/", "a=2; HttpOnly"));
  REQUIRE(jar.cookies().size() == 1);
  CHECK(jar.cookies().front().is_http_only);
  CHECK(jar.header_for("http://x/") == "a=2");
  CHECK(jar.set("http://x/p/q", "a=3; expires=Wed, 21 Oct 2015 07:28:00 GMT"));  // of another path
  CHECK(jar.header_for("http://x/") == "a=2");
  CHECK(jar.set("http://x/", "a=; expires=Wed, 21 Oct 2015 07:28:00 GMT"));
  CHECK(jar.header_for("http://x/").empty());
}

TEST_CASE("what is no cookie, or not allowed, changes nothing") {
  CookieJar jar;
  REQUIRE(jar.set("http://x/", "a=1"));
  for (const char* text : {"", "a", "=2", "a=2; domain=y", "a=2; secure", "a=\x01", "a=2\n"}) {
    INFO(text);
    CHECK_FALSE(jar.set("http://x/", text));
    CHECK(jar.header_for("http://x/") == "a=1");
  }
  CHECK_THROWS_AS(jar.set("x", "a=2"), std::invalid_argument);
  CHECK_THROWS_AS(jar.set("ftp://x/", "a=2"), std::invalid_argument);
  CHECK_THROWS_AS(jar.header_for(""), std::invalid_argument);
}

TEST_CASE("http neither sees nor replaces a secure cookie") {
  CookieJar jar;
  REQUIRE(jar.set("https://x/", "a=1; secure"));
  CHECK(jar.header_for("http://x/").empty());
  CHECK_FALSE(jar.set("http://x/", "a=2"));
  CHECK_FALSE(jar.set("http://x/", "a=; max-age=0"));
  CHECK(jar.set("http://x/", "b=2"));
  CHECK(jar.header_for("https://x/") == "a=1; b=2");
  CHECK(jar.set("https://x/", "a=3"));
  CHECK(jar.header_for("http://x/") == "a=3; b=2");
}

TEST_CASE("an application's own cookie is kept as it is, with an end in whole seconds") {
  CookieJar jar;
  Cookie cookie{.name = "a",
                .value = "1",
                .domain = "x",
                .path = "/p",
                .is_secure = true,
                .is_http_only = true};
  cookie.expires = std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now()) + 2h;
  jar.add(cookie);
  REQUIRE(jar.cookies().size() == 1);
  CHECK(jar.cookies().front() == cookie);
  const auto whole = cookie.expires;
  *cookie.expires += 999ms;
  jar.add(cookie);
  CHECK(jar.cookies().front().expires == whole);
  cookie.expires = std::chrono::system_clock::time_point::max();
  jar.add(cookie);
  CHECK(jar.cookies().front().expires > *whole);
  cookie.expires = std::chrono::system_clock::time_point::min();
  jar.add(cookie);
  CHECK(jar.cookies().empty());
  cookie.name = "";
  CHECK_THROWS_AS(jar.add(cookie), std::invalid_argument);
}

}  // namespace async_http_pool
