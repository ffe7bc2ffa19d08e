// The cookie jar in the course of an exchange.
#include <memory>
#include <string>
#include <vector>

#include <async_http_pool/cookie_jar.hpp>
#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::ScriptedExchange;

Request get(const std::string& url) { return Request::get(url).build(); }

Configuration with_jar(const std::shared_ptr<CookieJar>& jar) {
  return Configuration().set_cookie_jar(jar);
}

Headers set_cookies(const std::string& first, const std::string& second = "") {
  Headers headers{{"set-cookie", first}};
  if (!second.empty()) headers.add("set-cookie", second);
  return headers;
}

}  // namespace

TEST_CASE("an exchange without a jar has no cookies") {
  ScriptedExchange exchange(get("http://a/"));
  exchange.begin();
  CHECK(exchange.transport.last_order().cookies.empty());
  exchange.transport.respond(200, set_cookies("a=1"));
  CHECK(exchange.outcome().status() == 200);
}

TEST_CASE("an exchange sends the jar's cookies and keeps those of the response, of any status") {
  for (const int status : {200, 404, 500}) {
    const auto jar = std::make_shared<CookieJar>();
    jar->set("http://a/", "old=1");
    jar->set("http://b/", "other=1");
    ScriptedExchange exchange(get("http://a/x"), with_jar(jar));
    exchange.begin();
    CHECK(exchange.transport.last_order().cookies == "old=1");
    exchange.transport.respond(status, set_cookies("new=1", "old=2"));
    CHECK(jar->header_for("http://a/") == "old=2; new=1");
    CHECK(exchange.outcome().response().headers().get_all("set-cookie").size() == 2);
  }
}

TEST_CASE("a request's own jar is used instead of the client's, through redirects too") {
  const auto own = std::make_shared<CookieJar>();
  const auto client = std::make_shared<CookieJar>();
  client->set("http://a/", "client=1");
  ScriptedExchange exchange(Request::get("http://a/").cookie_jar(own).build(), with_jar(client));
  exchange.begin();
  CHECK(exchange.transport.last_order().cookies.empty());
  Headers headers = set_cookies("a=1");
  headers.add("location", "/next");
  exchange.transport.respond(302, headers);
  exchange.transport.start();
  CHECK(exchange.transport.last_order().cookies == "a=1");
  exchange.transport.respond(200, set_cookies("b=2"));
  CHECK(own->header_for("http://a/") == "a=1; b=2");
  CHECK(client->header_for("http://a/") == "client=1");
}

TEST_CASE("a hop to another host gets that host's cookies") {
  const auto jar = std::make_shared<CookieJar>();
  jar->set("http://b/", "of_b=1");
  ScriptedExchange exchange(get("http://a/"), with_jar(jar));
  exchange.begin();
  Headers headers = set_cookies("of_a=1", "stolen=1; domain=b");
  headers.add("location", "http://b/");
  exchange.transport.respond(302, headers);
  exchange.transport.start();
  CHECK(exchange.transport.last_order().cookies == "of_b=1");
  exchange.transport.respond(200);
  CHECK(jar->header_for("http://a/") == "of_a=1");
}

TEST_CASE("a retry sends what the response before it has set") {
  const auto jar = std::make_shared<CookieJar>();
  Configuration configuration = with_jar(jar);
  configuration.set_request_config(RequestConfig().set_retry_statuses({503}).set_retry_delay(1ms));
  ScriptedExchange exchange(get("http://a/"), configuration);
  exchange.begin();
  exchange.transport.respond(503, set_cookies("ticket=7"));
  REQUIRE(exchange.transport.orders().size() == 2);
  CHECK(exchange.transport.last_order().cookies == "ticket=7");
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.outcome().status() == 200);
}

TEST_CASE("cookies of earlier rounds are kept before those of the response") {
  const auto jar = std::make_shared<CookieJar>();
  ScriptedExchange exchange(get("http://a/"), with_jar(jar));
  exchange.begin();
  exchange.transport.respond(200, set_cookies("a=2", "c=3"), "", {"a=1", "b=1"});
  CHECK(jar->header_for("http://a/") == "a=2; b=1; c=3");
  CHECK(exchange.outcome().response().headers().get_all("set-cookie").size() == 2);
}

TEST_CASE("of a response 50 cookies are kept, and all are handed over") {
  const auto jar = std::make_shared<CookieJar>();
  ScriptedExchange exchange(get("http://a/"), with_jar(jar));
  exchange.begin();
  Headers headers;
  std::vector<std::string> earlier;
  for (int i = 0; i < 60; ++i) {
    headers.add("set-cookie", "c" + std::to_string(i) + "=1");
    earlier.push_back("e" + std::to_string(i) + "=1");
  }
  exchange.transport.respond(200, headers, "", earlier);
  REQUIRE(jar->cookies().size() == 100);
  CHECK(jar->cookies()[49].name == "e49");
  CHECK(jar->cookies().back().name == "c49");
  CHECK(exchange.outcome().response().headers().get_all("set-cookie").size() == 60);
}

TEST_CASE("the folder that a cookie is for is that of the path, whatever the query says") {
  for (const std::string end : {"", "?q=/c/d", "?a/b#c/d", "#/c/d", "?#/c/d?"}) {
    const auto jar = std::make_shared<CookieJar>();
    ScriptedExchange exchange(get("http://a/x/y" + end), with_jar(jar));
    exchange.begin();
    exchange.transport.respond(200, set_cookies("a=1"));
    REQUIRE(jar->cookies().size() == 1);
    CHECK(jar->cookies().front().path == "/x");
  }
}

TEST_CASE("with the option off, cookies are neither sent nor kept") {
  const auto jar = std::make_shared<CookieJar>();
  jar->set("http://a/", "a=1");
  Configuration configuration = with_jar(jar);
  configuration.set_request_config(RequestConfig().set_cookies(false));
  ScriptedExchange exchange(get("http://a/"), configuration);
  exchange.begin();
  CHECK(exchange.transport.last_order().cookies.empty());
  exchange.transport.respond(200, set_cookies("b=2"));
  CHECK(jar->header_for("http://a/") == "a=1");
}

TEST_CASE("cookies that a server may not set harm nobody") {
  const auto jar = std::make_shared<CookieJar>();
  ScriptedExchange exchange(get("http://a/"), with_jar(jar));
  exchange.begin();
  exchange.transport.respond(200, set_cookies("=", "x=1; domain=com"));
  CHECK(exchange.outcome().status() == 200);
  CHECK(jar->cookies().empty());
}

}  // namespace async_http_pool
