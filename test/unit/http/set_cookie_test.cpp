// What a set-cookie field says (RFC 6265, section 5.2).
#include "http/set_cookie.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

std::string pair_of(std::string_view text) {
  const auto cookie = parse_set_cookie(text);
  return cookie ? cookie->name + "=" + cookie->value : "(none)";
}

std::optional<std::chrono::seconds> age_of(const std::string& max_age) {
  return parse_set_cookie("a=1; max-age=" + max_age)->max_age;
}

}  // namespace

TEST_CASE("name and value are what stands around the first equals sign") {
  struct Row {
    std::string_view text;
    std::string_view pair;
  };
  const Row rows[] = {
      {"foo=bar", "foo=bar"},
      {"foo=", "foo="},
      {"foo=b=a=r", "foo=b=a=r"},
      {"foo=\"bar\"", "foo=\"bar\""},  // quotes are part of it
      {"foo=\"b;ar\"", "foo=\"b"},
      {"foo=b,a r", "foo=b,a r"},
      {" \t foo\t = \tbar ; Path=/", "foo=bar"},
      {"foo=b\xff", "foo=b\xff"},
      {"foo=a\tb", "foo=a\tb"},
      {"foo=bar;;;;=;", "foo=bar"},
      // Five forms that Isahc refuses: a name has to be there, the rest is as browsers have it.
      {"foo", "(none)"},
      {"foo;=bar", "(none)"},
      {"bad_name@?=bar", "bad_name@?=bar"},
      {"bad_value_comma=bar,", "bad_value_comma=bar,"},
      {"bad_value_space= bar", "bad_value_space=bar"},
      {"", "(none)"},
      {"=", "(none)"},
      {"=bar", "(none)"},
      {" \t=bar", "(none)"},
      {";", "(none)"},
      {"; foo=bar", "(none)"},
      {"foo=b\nar", "(none)"},
      {"foo=b\rar", "(none)"},
      {"foo=bar; path=/\x7f", "(none)"},
      {"foo=b\x1f", "(none)"},
      {std::string_view("foo=b\0ar", 8), "(none)"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(pair_of(row.text) == row.pair);
  }
}

TEST_CASE("all attributes are read, in whatever case and order") {
  const auto cookie = parse_set_cookie(
      "foo=bar; path=/sub;Secure; DOMAIN=.Baz.com;expires=Wed, 21 Oct 2015 07:28:00 GMT;"
      "MAX-age=86400; httpONLY; SameSite=None; Priority=High; unknown");
  REQUIRE(cookie);
  CHECK(cookie->path == "/sub");
  CHECK(cookie->domain == "baz.com");
  CHECK(cookie->expires == WallTime(1'445'412'480s));
  CHECK(cookie->max_age == 86'400s);
  CHECK(cookie->is_secure);
  CHECK(cookie->is_http_only);
}

TEST_CASE("a field without attributes asks for nothing") {
  const auto cookie = parse_set_cookie("foo=bar");
  REQUIRE(cookie);
  CHECK(cookie->path.empty());
  CHECK(cookie->domain.empty());
  CHECK_FALSE(cookie->expires);
  CHECK_FALSE(cookie->max_age);
  CHECK_FALSE(cookie->is_secure);
  CHECK_FALSE(cookie->is_http_only);
}

TEST_CASE("the last attribute of a name counts") {
  CHECK(parse_set_cookie("a=1; path=/x; path=/y")->path == "/y");
  CHECK(parse_set_cookie("a=1; path=/x; path=y")->path.empty());
  CHECK(parse_set_cookie("a=1; path=/x; path")->path.empty());
  CHECK(parse_set_cookie("a=1; domain=x; domain=y")->domain == "y");
  CHECK(parse_set_cookie("a=1; max-age=1; max-age=2")->max_age == 2s);
  CHECK(parse_set_cookie("a=1; max-age=1; max-age=x")->max_age == 1s);
  CHECK(parse_set_cookie("a=1; secure=no")->is_secure);
  CHECK(parse_set_cookie("a=1; domain=..x")->domain == ".x");
}

TEST_CASE("a max-age is a number of seconds, or over") {
  CHECK(age_of("0") == 0s);
  CHECK(age_of("-1") == 0s);
  CHECK(age_of("-99999999999999999999999") == 0s);
  CHECK(age_of("007") == 7s);
  CHECK(age_of("99999999999999999999999") == 10'000'000'000s);
  for (const std::string none : {"", "-", "+1", "1.5", "1s", "--1", "1 2", "0x1"}) {
    INFO(none);
    CHECK_FALSE(age_of(none));
  }
}

TEST_CASE("a cookie has at most 4096 bytes, an attribute 1024") {
  CHECK(parse_set_cookie("a=" + std::string(4095, 'x')));
  CHECK_FALSE(parse_set_cookie("a=" + std::string(4096, 'x')));
  CHECK_FALSE(parse_set_cookie(std::string(4097, 'x') + "="));
  CHECK(parse_set_cookie("a=1; path=/" + std::string(1023, 'x'))->path.size() == 1024);
  CHECK(parse_set_cookie("a=1; path=/" + std::string(1024, 'x'))->path.empty());
  CHECK(parse_set_cookie("a=1; max-age=" + std::string(1025, '1'))->max_age == std::nullopt);
  CHECK(parse_set_cookie("a=1" + std::string(100'000, ';'))->value == "1");
}

}  // namespace async_http_pool
