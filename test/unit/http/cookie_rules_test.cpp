// Which cookies a server may set, and where they go (RFC 6265, section 5).
#include "http/cookie_rules.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr WallTime now = WallTime(1'795'000'000s);

std::optional<Cookie> made(std::string_view url, std::string_view text) {
  static const PublicSuffixList suffixes;
  const auto field = parse_set_cookie(text);
  return field ? make_cookie(*field, Url::parse(url), now, suffixes) : std::nullopt;
}

std::string path_of(std::string_view url, std::string_view text = "a=1") {
  const auto cookie = made(url, text);
  return cookie ? cookie->path : "(none)";
}

std::string refusal(const Cookie& cookie) {
  try {
    check_cookie(cookie);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "(was taken)";
}

Cookie good_cookie() { return {.name = "a", .value = "1", .domain = "example.com", .path = "/"}; }

}  // namespace

TEST_CASE("a host is in its own domain and in those above it") {
  struct Row {
    DomainPair pair;
    bool matches;
  };
  const Row rows[] = {
      {{"bar.com", "bar.com"}, true},
      {{"baz.bar.com", "bar.com"}, true},
      {{"www.baz.bar.com", "bar.com"}, true},
      {{"bar.com", "baz.bar.com"}, false},
      {{"foobar.com", "bar.com"}, false},
      {{"bar.com", "baz.com"}, false},
      {{"bar.com.evil", "bar.com"}, false},
      {{"bar.com", ""}, false},
      {{"a.", ""}, false},
      {{"127.0.0.1", "127.0.0.1"}, true},
      {{"127.0.0.1", "0.0.1"}, false},
      {{"127.0.0.1", "1"}, false},
      {{"0177.0.0.0x1", "0.0.0x1"}, false},
      {{"127.0.0.1.", "0.0.1."}, false},
      {{"[::1]", "[::1]"}, true},
      {{"[::1.2.3.4]", "2.3.4]"}, false},
  };
  for (const Row& row : rows) {
    INFO(row.pair.host << " " << row.pair.domain);
    CHECK(domain_matches(row.pair) == row.matches);
  }
}

TEST_CASE("a path is in its own folder and in those above it") {
  struct Row {
    PathPair pair;
    bool matches;
  };
  const Row rows[] = {
      {{"/foo", "/foo"}, true},
      {{"/Bar", "/bar"}, false},
      {{"/fo", "/foo"}, false},
      {{"/foo/bar", "/foo"}, true},
      {{"/foo/bar/baz", "/foo"}, true},
      {{"/foo/bar//baz2", "/foo"}, true},
      {{"/foobar", "/foo"}, false},
      {{"/foo", "/foo/bar"}, false},
      {{"/foobar", "/foo/bar"}, false},
      {{"/foo/bar", "/foo/bar"}, true},
      {{"/foo/bar/", "/foo/bar"}, true},
      {{"/foo/bar/baz", "/foo/bar"}, true},
      {{"/foo/bar", "/foo/bar/"}, false},
      {{"/foo/bar/baz", "/foo/bar/"}, true},
      {{"/", "/"}, true},
      {{"/foo", "/"}, true},
      {{"/foo%2Fbar", "/foo"}, false},
  };
  for (const Row& row : rows) {
    INFO(row.pair.request_path << " " << row.pair.cookie_path);
    CHECK(path_matches(row.pair) == row.matches);
  }
}

TEST_CASE("without a path a cookie is for the folder of the URL") {
  CHECK(path_of("http://x") == "/");
  CHECK(path_of("http://x?q=/a/b") == "/");
  CHECK(path_of("http://x/") == "/");
  CHECK(path_of("http://x/a") == "/");
  CHECK(path_of("http://x/a/") == "/a");
  CHECK(path_of("http://x/a/b") == "/a");
  CHECK(path_of("http://x/a/b?c=/d/e") == "/a");
  CHECK(path_of("http://x/a//b#/c/d") == "/a/");
  CHECK(path_of("http://x/a;b/c") == "/a;b");
  CHECK(path_of("http://x/a/b", "a=1; path=relative") == "/a");
  CHECK(path_of("http://x/a/b", "a=1; path=/other") == "/other");
  CHECK(path_of("http://x/" + std::string(2000, 'x') + "/y") == "(none)");
}

TEST_CASE("paths count without dot segments, as libcurl sends them") {
  CHECK(path_of("http://x/a/../b/./c") == "/b");
  CHECK(path_of("http://x/../../c") == "/");
  CHECK(path_of("http://x/a/b/..") == "/a");
  CookieJar jar;
  REQUIRE(jar.set("http://x/", "a=1; path=/admin"));
  CHECK(jar.header_for("http://x/public/../admin/y?q") == "a=1");
  CHECK(jar.header_for("http://x/./admin") == "a=1");
  CHECK(jar.header_for("http://x/admin/../public").empty());
  CHECK(jar.header_for("http://x/public?/../admin").empty());
}

TEST_CASE("hosts that end in a number are addresses, however they are written") {
  for (const std::string_view host :
       {"127.0.0.1", "[::1]", "1", "127.1", "0x7f.1", "foo.0x", "foo.09", "127.0.0.1.", "a.0xFf"}) {
    INFO(host);
    CHECK(is_address_host(host));
  }
  for (const std::string_view host : {"a", "1a", "1.a", "a.0xg", "a.1-", "", ".", "a..", "x.a1"}) {
    INFO(host);
    CHECK_FALSE(is_address_host(host));
  }
}

TEST_CASE("a cookie is the host's alone, unless a domain is asked for") {
  const auto cookie = made("http://Example.com/", "a=1");
  REQUIRE(cookie);
  CHECK(cookie->domain == "example.com");
  CHECK(cookie->is_host_only);
  CHECK_FALSE(cookie->expires);
  // Its own name as the domain is fine wherever a domain is not.
  for (const std::string host : {"localhost", "127.0.0.1", "[::1]", "com", "example.com."}) {
    INFO(host);
    const auto own = made("http://" + host + "/", "a=1; domain=" + host);
    REQUIRE(own);
    CHECK(own->domain == host);
    CHECK(own->is_host_only);
  }
}

TEST_CASE("a cookie for a domain that the host is not in is refused") {
  struct Row {
    std::string_view host;
    std::string_view domain;
  };
  const Row rows[] = {{"example.com", "other.com"},
                      {"example.com", "www.example.com"},
                      {"badexample.com", "example.com"},
                      {"example.com", "com"},
                      {"www.example.com", ".com"},
                      {"a..com", "..com"},
                      {"a.example.com.", "example.com."},
                      {"a.example.com.", "com."},
                      {"127.0.0.1", "0.0.1"},
                      {"0177.0.0.1", "0.0.1"},
                      {"1.0.0%2e1", "0.0%2e1"},
                      {"www.localhost", "localhost"},
                      {"example.com", "ex\xc3\xa4mple.com"}};
  for (const Row& row : rows) {
    INFO(row.host << " " << row.domain);
    CHECK_FALSE(
        made("http://" + std::string(row.host) + "/", "a=1; domain=" + std::string(row.domain)));
  }
}

TEST_CASE("secure cookies come from https alone, and names may promise more") {
  struct Row {
    std::string_view url;
    std::string_view text;
    bool is_made;
  };
  const Row rows[] = {
      {"https://x.y/", "a=1; secure", true},
      {"http://x.y/", "a=1; secure", false},
      {"https://x.y/", "__Secure-a=1; secure", true},
      {"https://x.y/", "__Secure-a=1", false},
      {"https://x.y/", "__sEcUrE-a=1", false},
      {"http://x.y/", "__Secure-a=1; secure", false},
      {"https://x.y/", "__Host-a=1; secure; path=/", true},
      {"https://x.y/", "__HOST-a=1; secure", false},
      {"https://x.y/", "__Host-a=1; path=/", false},
      {"https://x.y/", "__Host-a=1; secure; path=/a", false},
      {"https://x.y/", "__Hosta=1", true},
      {"https://a.x.y/", "__Host-a=1; secure; path=/; domain=x.y", false},
      {"https://x.y/", "__Http-a=1; secure; httponly", true},
      {"https://x.y/", "__HTTP-a=1; secure", false},
      {"https://x.y/", "__Http-a=1; httponly", false},
      {"https://x.y/", "__Host-Http-a=1; secure; httponly; path=/", true},
      {"https://x.y/", "__Host-Http-a=1; secure; path=/", false},
      {"https://x.y/", "__host-http-a=1; secure; httponly", false},
  };
  for (const Row& row : rows) {
    INFO(row.url << " " << row.text);
    CHECK(made(row.url, row.text).has_value() == row.is_made);
  }
}

TEST_CASE("a cookie ends by its age, else by its date, within what a clock can tell") {
  const auto end_of = [](const std::string& attributes) {
    return made("http://x/", "a=1; " + attributes)->expires;
  };
  CHECK(end_of("max-age=60") == now + 60s);
  CHECK(end_of("max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT") == now + 60s);
  CHECK(end_of("max-age=0") == WallTime());
  CHECK(end_of("expires=Wed, 21 Oct 2015 07:28:00 GMT") == WallTime(1'445'412'480s));
  CHECK(end_of("expires=Wed, 21 Oct 1602 07:28:00 GMT") == WallTime());
  CHECK_FALSE(end_of("expires=never"));
  CHECK_FALSE(end_of("max-age=soon"));
  const auto latest = end_of("expires=Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(latest > now + 24h * 365 * 200);
  CHECK(end_of("max-age=99999999999999") == latest);
}

TEST_CASE("cookies that a server could not set cannot be added") {
  CHECK(refusal(good_cookie()) == "(was taken)");
  const auto with = [](std::string Cookie::*member, std::string value) {
    Cookie cookie = good_cookie();
    cookie.*member = std::move(value);
    return refusal(cookie);
  };
  for (const std::string name : {"", " a", "a ", "a=b", "a;b", "a\nb", "a\x7f"}) {
    INFO(name);
    CHECK(with(&Cookie::name, name).starts_with("cookie name must be free of"));
  }
  const std::string nul("a\0b", 3);
  for (const std::string& value : {" a"s, "a\t"s, "a;b"s, "a\r\nb"s, nul}) {
    INFO(value);
    CHECK(with(&Cookie::value, value) ==
          "cookie value must be free of \";\" and control characters: \"a\"");
  }
  for (const std::string domain : {"", ".example.com", "Example.com", "a b", "a/b", "a:80",
                                   "ex\xc3\xa4mple.com", "[::1", "a\n"}) {
    INFO(domain);
    CHECK(with(&Cookie::domain, domain).starts_with("cookie domain must be a host in lower case"));
  }
  CHECK(with(&Cookie::domain, std::string(256, 'a')).starts_with("cookie domain"));
  for (const std::string path : {"", "a", "/a\nb"}) {
    INFO(path);
    CHECK(with(&Cookie::path, path).starts_with("cookie path must begin with \"/\""));
  }
  CHECK(with(&Cookie::path, "/" + std::string(1024, 'x')).starts_with("cookie path"));
  CHECK(with(&Cookie::value, std::string(4095, 'x')) == "(was taken)");
  CHECK(with(&Cookie::value, std::string(4096, 'x')) ==
        "cookie must have at most 4096 bytes, got: 4097");
  CHECK(with(&Cookie::value, "\"q\"=, \xff\x80") == "(was taken)");
  CHECK(with(&Cookie::path, "/a;b") == "(was taken)");  // the folder of a URL may be called so
}

TEST_CASE("a cookie that is added keeps what its name promises") {
  Cookie cookie = good_cookie();
  cookie.name = "__Host-secret";
  cookie.is_secure = true;
  CHECK(refusal(cookie) == "(was taken)");
  const std::string reason = "cookie must be what its name promises, got: \"__Host-secret\"";
  for (const auto& spoil :
       {+[](Cookie& of) { of.is_secure = false; }, +[](Cookie& of) { of.is_host_only = false; },
        +[](Cookie& of) { of.path = "/a"; }}) {
    Cookie spoilt = cookie;
    spoil(spoilt);
    CHECK(refusal(spoilt) == reason);
  }
  cookie.name = "__Host-Http-a";
  CHECK(refusal(cookie).starts_with("cookie must be what its name promises"));
  cookie.is_http_only = true;
  CHECK(refusal(cookie) == "(was taken)");
  cookie.name = "__Secure-a";
  cookie.is_secure = false;
  CHECK(refusal(cookie).starts_with("cookie must be what its name promises"));
}

}  // namespace async_http_pool
