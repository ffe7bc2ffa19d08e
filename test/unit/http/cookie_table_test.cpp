// The cookies of a jar: their order, their bounds, their end.
#include "http/cookie_table.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr CookieTable::Time now = std::chrono::sys_seconds(1'795'000'000s);

Cookie cookie(std::string name, std::string domain = "x", std::string path = "/") {
  return {
      .name = std::move(name), .value = "1", .domain = std::move(domain), .path = std::move(path)};
}

Cookie ending(Cookie of, CookieTable::Time end) {
  of.expires = end;
  return of;
}

std::string header(CookieTable& table, std::string_view host, std::string_view path = "/",
                   CookieTable::Time at = now) {
  return table.header_for({.host = host, .path = std::string(path), .is_https = true}, host, at);
}

/// Its domain stands for its site.
void put(CookieTable& table, const Cookie& cookie, CookieTable::Time at) {
  table.put(cookie, cookie.domain, at);
}

bool holds(const CookieTable& table, std::string_view name, CookieTable::Time at = now) {
  return std::ranges::any_of(table.cookies(at),
                             [name](const Cookie& kept) { return kept.name == name; });
}

}  // namespace

TEST_CASE("longer paths come first, then older cookies; a replaced one keeps its age") {
  CookieTable table;
  put(table, cookie("b"), now);
  put(table, cookie("a"), now);
  put(table, cookie("deep", "x", "/p/q"), now);
  put(table, cookie("mid", "x", "/p"), now);
  put(table, cookie("b"), now);
  CHECK(header(table, "x", "/p/q/r") == "deep=1; mid=1; b=1; a=1");
  CHECK(header(table, "x", "/p") == "mid=1; b=1; a=1");
  CHECK(table.cookies(now).front().name == "b");
  put(table, ending(cookie("b"), now), now);
  put(table, cookie("b"), now);
  CHECK(header(table, "x") == "a=1; b=1");
}

TEST_CASE("a cookie is gone from the second on in which it ends") {
  CookieTable table;
  put(table, ending(cookie("a"), now + 10s), now);
  CHECK(header(table, "x", "/", now + 9s) == "a=1");
  CHECK(header(table, "x", "/", now + 10s).empty());
  CHECK(table.cookies(now + 10s).empty());
  CHECK(table.cookies(now).size() == 1);
  put(table, cookie("b"), now + 10s);  // what is set sweeps out what has ended
  CHECK_FALSE(holds(table, "a", now));
  put(table, ending(cookie("c"), now), now);
  CHECK_FALSE(holds(table, "c"));
}

TEST_CASE("a site has at most 180 cookies: those go that are not secure, unused the longest") {
  CookieTable table;
  Cookie secure = cookie("secure");
  secure.is_secure = true;
  put(table, secure, now);
  for (int i = 1; i < 180; ++i)
    put(table, cookie("c" + std::to_string(i), "x", "/" + std::to_string(i)), now);
  put(table, cookie("other", "y"), now);
  REQUIRE(header(table, "x", "/1") == "c1=1; secure=1");  // c1 was used now, c2 is next
  put(table, cookie("new"), now);
  CHECK(table.cookies(now).size() == 181);
  CHECK(holds(table, "secure"));
  CHECK(holds(table, "c1"));
  CHECK_FALSE(holds(table, "c2"));
  CHECK(holds(table, "other"));
  for (int i = 0; i < 1000; ++i) put(table, cookie("n" + std::to_string(i)), now);
  CHECK(table.cookies(now).size() == 181);
  CHECK(holds(table, "secure"));
}

TEST_CASE("a site full of secure cookies still takes a new one") {
  CookieTable table;
  for (int i = 0; i < 181; ++i) {
    Cookie secure = cookie("s" + std::to_string(i));
    secure.is_secure = true;
    put(table, secure, now);
  }
  CHECK(table.cookies(now).size() == 180);
  CHECK_FALSE(holds(table, "s0"));
  CHECK(holds(table, "s180"));
}

TEST_CASE("there are at most 3000 cookies: those unused the longest go") {
  CookieTable table;
  for (int i = 0; i < 3000; ++i)
    put(table, cookie("c" + std::to_string(i), "h" + std::to_string(i)), now);
  REQUIRE(header(table, "h0") == "c0=1");
  for (int i = 0; i < 10; ++i) put(table, cookie("n", "n" + std::to_string(i)), now);
  CHECK(table.cookies(now).size() == 3000);
  CHECK(holds(table, "c0"));
  CHECK_FALSE(holds(table, "c1"));
  CHECK_FALSE(holds(table, "c10"));
  CHECK(holds(table, "c11"));
}

TEST_CASE("the domains of a site share its 180 cookies") {
  CookieTable table;
  table.put(cookie("first", "x.example"), "example", now);
  for (int i = 0; i < 180; ++i)
    table.put(cookie("n", "h" + std::to_string(i) + ".example"), "example", now);
  CHECK(table.cookies(now).size() == 180);
  CHECK_FALSE(holds(table, "first"));
}

TEST_CASE("secure cookies are the last to go, those unused the longest of them first") {
  CookieTable table;
  const auto secure = [](int i) {
    Cookie made = cookie("s" + std::to_string(i), "h" + std::to_string(i));
    made.is_secure = true;
    return made;
  };
  for (int i = 0; i < 10; ++i) put(table, secure(i), now);
  for (int i = 0; i < 5000; ++i) put(table, cookie("c", "n" + std::to_string(i)), now);
  CHECK(table.cookies(now).size() == 3000);
  for (int i = 0; i < 10; ++i) CHECK(holds(table, "s" + std::to_string(i)));
  REQUIRE(header(table, "h0") == "s0=1");
  for (int i = 10; i < 3001; ++i) put(table, secure(i), now);
  CHECK(table.cookies(now).size() == 3000);
  CHECK_FALSE(holds(table, "c"));
  CHECK(holds(table, "s0"));
  CHECK_FALSE(holds(table, "s1"));
  CHECK(holds(table, "s2"));
}

TEST_CASE("a cookie that becomes secure, or no longer is, stays one cookie") {
  CookieTable table;
  Cookie changing = cookie("a");
  for (const bool is_secure : {false, true, false, true}) {
    changing.is_secure = is_secure;
    put(table, changing, now);
    REQUIRE(table.cookies(now).size() == 1);
    CHECK(table.cookies(now).front().is_secure == is_secure);
  }
  put(table, ending(changing, now), now);
  CHECK(table.cookies(now).empty());
}

TEST_CASE("what has ended makes room before what lives") {
  CookieTable table;
  put(table, cookie("old"), now);
  for (int i = 1; i < 3000; ++i)
    put(table, ending(cookie("c", "h" + std::to_string(i)), now + 5s), now);
  put(table, cookie("new", "y"), now + 5s);
  CHECK(table.cookies(now).size() == 2);
  CHECK(holds(table, "old"));
}

TEST_CASE("hard case 59: a field with its name has at most 8190 bytes, whole cookies of them") {
  CookieTable table;
  for (int i = 0; i < 60; ++i) {  // 240 KB
    Cookie large = cookie("large" + std::to_string(i));
    large.value = std::string(4000, 'x');
    put(table, large, now);
  }
  put(table, cookie("small"), now);
  const std::string value = header(table, "x");
  CHECK(value.size() <= 8182);
  CHECK(value.starts_with("large0=xxx"));
  CHECK(value.ends_with("; small=1"));  // what still fits goes
  CHECK(std::ranges::count(value, ';') == 2);

  table.clear();
  Cookie exact = cookie("a", "x", "/a");
  exact.value = std::string(4088, 'x');
  put(table, exact, now);
  exact.name = "b";
  put(table, exact, now);
  CHECK(header(table, "x", "/a").size() == 8182);
  exact.value += 'x';
  put(table, exact, now);
  CHECK(header(table, "x", "/a").size() == 2 + 4088);
}

TEST_CASE("the end of a session leaves what has an end of its own") {
  CookieTable table;
  put(table, cookie("session"), now);
  put(table, ending(cookie("lasting"), now + 1h), now);
  table.clear_session();
  CHECK(header(table, "x") == "lasting=1");
  table.clear();
  CHECK(table.cookies(now).empty());
  put(table, cookie("again"), now);
  CHECK(header(table, "x") == "again=1");
}

TEST_CASE("a host of any length is looked up in no time") {
  CookieTable table;
  put(table, cookie("a"), now);
  std::string host;
  for (int i = 0; i < 30'000; ++i) host += "a.";
  CHECK(header(table, host + "x").empty());
  CHECK(header(table, "...").empty());
  CHECK(header(table, "").empty());
}

TEST_CASE("cookies that are not secure go everywhere, secure ones over https") {
  CookieTable table;
  Cookie secure = cookie("s");
  secure.is_secure = true;
  put(table, secure, now);
  put(table, cookie("a"), now);
  CHECK(table.header_for({.host = "x", .path = "/", .is_https = false}, "x", now) == "a=1");
  CHECK(header(table, "x") == "s=1; a=1");
}

}  // namespace async_http_pool
