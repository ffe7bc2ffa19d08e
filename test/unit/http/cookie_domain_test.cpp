// Cookies for all hosts of a domain: only where libpsl tells which domains strangers share.
#include <stdexcept>
#include <string>

#include <async_http_pool/cookie_jar.hpp>
#include "http/cookie_rules.hpp"
#include "http/public_suffix_list.hpp"
#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("public suffixes are known, those in punycode too") {
  const PublicSuffixList suffixes;
  for (const char* domain : {"com", "co.uk", "github.io", "xn--55qx5d.cn", "xn--p1ai", "unheard-of",
                             "localhost", "foo.ck"}) {
    INFO(domain);
    CHECK_FALSE(suffixes.is_private(domain));
  }
  for (const char* domain : {"example.com", "example.co.uk", "me.github.io", "a.xn--55qx5d.cn",
                             "xn--e1afmkfd.xn--p1ai", "www.ck", "db.internal"}) {
    INFO(domain);
    CHECK(suffixes.is_private(domain));
  }
}

TEST_CASE("a cookie of a domain goes to all hosts in it, and only the last one's remains") {
  CookieJar jar;
  CHECK(jar.set("http://www.example.com/", "a=1; Domain=.EXAMPLE.com"));
  CHECK(jar.cookies().front().domain == "example.com");
  CHECK_FALSE(jar.cookies().front().is_host_only);
  for (const std::string host :
       {"www.example.com", "example.com", "WWW.Example.COM", "a.b.c.example.com"}) {
    INFO(host);
    CHECK(jar.header_for("http://" + host + "/") == "a=1");
  }
  for (const std::string host :
       {"badexample.com", "com", "example.com.evil.org", "example.org", "example.com."}) {
    INFO(host);
    CHECK(jar.header_for("http://" + host + "/").empty());
  }
  CHECK(jar.set("http://other.example.com/", "a=2; domain=example.com"));
  CHECK(jar.header_for("http://www.example.com/") == "a=2");
  // One of the host's own is another one (RFC 6265bis, section 5.7).
  CHECK(jar.set("http://example.com/", "a=3"));
  CHECK(jar.header_for("http://example.com/") == "a=2; a=3");
  CHECK(jar.header_for("http://www.example.com/") == "a=2");
}

TEST_CASE("http does not touch secure cookies of its domain, above or below") {
  CookieJar jar;
  CHECK(jar.set("https://login.example.com/", "up=1; secure; path=/"));
  CHECK(jar.set("https://login.example.com/", "down=1; secure; domain=example.com; path=/in"));
  CHECK_FALSE(jar.set("http://www.example.com/", "up=2; domain=example.com"));
  CHECK_FALSE(jar.set("http://login.example.com/", "up=2"));
  CHECK_FALSE(jar.set("http://login.example.com/", "up=; max-age=0"));
  CHECK_FALSE(jar.set("http://www.example.com/in/deep/x", "down=2"));
  CHECK(jar.set("http://www.example.com/x", "down=2"));  // the secure one is for /in alone
  CHECK(jar.set("http://other.com/", "up=2"));
  CHECK(jar.set("https://login.example.com/", "up=3"));
  CHECK(jar.header_for("https://login.example.com/") == "up=3");
}

TEST_CASE("a cookie for a public suffix cannot be added, nor comes in by a document") {
  CookieJar jar;
  Cookie cookie{.name = "a", .value = "1", .domain = "co.uk", .path = "/", .is_host_only = false};
  CHECK_THROWS_AS(jar.add(cookie), std::invalid_argument);
  cookie.domain = "127.0.0.1";
  CHECK_THROWS_AS(jar.add(cookie), std::invalid_argument);
  jar.load_json(R"({"cookies":[
    {"name":"a","value":"1","domain":"co.uk","path":"/","host_only":false},
    {"name":"b","value":"1","domain":"co.uk","path":"/","host_only":true},
    {"name":"c","value":"1","domain":"x.co.uk","path":"/","host_only":false}]})");
  CHECK(jar.header_for("http://a.co.uk/").empty());
  CHECK(jar.header_for("http://co.uk/") == "b=1");
  CHECK(jar.header_for("http://y.x.co.uk/") == "c=1");
}

TEST_CASE("the site of a host is its registrable domain, however the host is written") {
  const PublicSuffixList suffixes;
  struct Row {
    std::string host;
    std::string site;
  };
  const Row rows[] = {{"example.com", "example.com"},
                      {"a.b.example.com", "example.com"},
                      {"a.example.com.", "example.com"},
                      {"..a..example.com", "example.com"},
                      {"a%2Eexample.com", "example.com"},
                      {"a.%45xample.com", "example.com"},
                      {"me.github.io", "me.github.io"},
                      {"a.example.co.uk", "example.co.uk"},
                      {"com", "com"},
                      {"localhost", "localhost"},
                      {"127.0.0.1", "127.0.0.1"},
                      {"[::1]", "[::1]"},
                      {"a.db.internal", "db.internal"},
                      {"", ""}};
  for (const Row& row : rows) {
    INFO(row.host);
    CHECK(cookie_site(row.host, suffixes) == row.site);
  }
}

TEST_CASE("one site cannot push out the cookies of another by hosts and domains of many levels") {
  CookieJar jar;
  jar.set("https://bank.example/", "session=1; secure");
  jar.set("http://shop.example/", "basket=1");
  std::string host = "evil.com";
  for (int level = 0; level < 40; ++level) {
    host.insert(0, "a.");
    for (int i = 0; i < 180; ++i)
      jar.set("http://" + host + "/", "c" + std::to_string(i) + "=1; domain=" + host.substr(2));
  }
  CHECK(jar.cookies().size() == 182);
  CHECK(jar.header_for("https://bank.example/") == "session=1");
  CHECK(jar.header_for("http://shop.example/") == "basket=1");
}

}  // namespace async_http_pool
