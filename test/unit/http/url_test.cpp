#include "http/url.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

struct Parsed {
  std::string given;
  std::string text;
  std::string host;
  std::uint16_t port;
  std::string target;
  std::string origin;
};

struct Refused {
  std::string given;
  std::string reason;
};

TEST_CASE("URLs are parsed into their parts", "[url]") {
  const auto row = GENERATE(values<Parsed>({
      {"http://a", "http://a", "a", 80, "/", "http://a:80"},
      {"http://a/", "http://a/", "a", 80, "/", "http://a:80"},
      {"HTTPS://EXAMPLE.com/Path?Query#Frag", "https://example.com/Path?Query#Frag", "example.com",
       443, "/Path?Query", "https://example.com:443"},
      {"http://a:8080/b", "http://a:8080/b", "a", 8080, "/b", "http://a:8080"},
      {"http://a:/b", "http://a:/b", "a", 80, "/b", "http://a:80"},
      {"https://a:0443/", "https://a:0443/", "a", 443, "/", "https://a:443"},
      {"http://a:443/", "http://a:443/", "a", 443, "/", "http://a:443"},
      {"http://a:1/", "http://a:1/", "a", 1, "/", "http://a:1"},
      {"http://a:65535/", "http://a:65535/", "a", 65535, "/", "http://a:65535"},
      {"http://a?x=1", "http://a?x=1", "a", 80, "/?x=1", "http://a:80"},
      {"http://a?", "http://a?", "a", 80, "/?", "http://a:80"},
      {"http://a#f", "http://a#f", "a", 80, "/", "http://a:80"},
      {"http://a#/b?c", "http://a#/b?c", "a", 80, "/", "http://a:80"},
      {"http://a/?b?c/d", "http://a/?b?c/d", "a", 80, "/?b?c/d", "http://a:80"},
      {"http://a//b/../c", "http://a//b/../c", "a", 80, "//b/../c", "http://a:80"},
      {"http://a/@me:x", "http://a/@me:x", "a", 80, "/@me:x", "http://a:80"},
      {"http://a/?id[]=1&x=%zz", "http://a/?id[]=1&x=%zz", "a", 80, "/?id[]=1&x=%zz",
       "http://a:80"},
      {"http://[::1]/", "http://[::1]/", "[::1]", 80, "/", "http://[::1]:80"},
      {"http://[2001:DB8::A]:81/X", "http://[2001:db8::a]:81/X", "[2001:db8::a]", 81, "/X",
       "http://[2001:db8::a]:81"},
      {"http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", 80, "/",
       "http://[::ffff:127.0.0.1]:80"},
      {"http://[FE80::1%25Wlan0]/", "http://[fe80::1%25Wlan0]/", "[fe80::1%25Wlan0]", 80, "/",
       "http://[fe80::1%25Wlan0]:80"},
      {"http://127.0.0.1:9/", "http://127.0.0.1:9/", "127.0.0.1", 9, "/", "http://127.0.0.1:9"},
      {"http://0x7F.1/", "http://0x7f.1/", "0x7f.1", 80, "/", "http://0x7f.1:80"},
      {"http://2130706433/", "http://2130706433/", "2130706433", 80, "/", "http://2130706433:80"},
      {"http://127.1/", "http://127.1/", "127.1", 80, "/", "http://127.1:80"},
      {"http://a_b.c-d.~e/", "http://a_b.c-d.~e/", "a_b.c-d.~e", 80, "/", "http://a_b.c-d.~e:80"},
      {"http://EX%41MPLE%C3%BC./", "http://ex%41mple%c3%bc./", "ex%41mple%c3%bc.", 80, "/",
       "http://ex%41mple%c3%bc.:80"},
  }));
  CAPTURE(row.given);
  const Url url = Url::parse(row.given);
  REQUIRE(url.text() == row.text);
  REQUIRE(url.scheme() == row.text.substr(0, row.text.find(':')));
  REQUIRE(url.is_https() == (url.scheme() == "https"));
  REQUIRE(url.host() == row.host);
  REQUIRE(url.port() == row.port);
  REQUIRE(url.target() == row.target);
  REQUIRE(url.origin() == row.origin);
  REQUIRE(origin_of(url.text()) == row.origin);
  REQUIRE(origin_of(row.given) == row.origin);
  REQUIRE(Url::parse(url.text()) == url);
}

TEST_CASE("what is not an absolute http URL is refused with the reason", "[url]") {
  const std::string scheme = "be an absolute http or https URL";
  const std::string host = "have a valid host";
  const std::string port = "have a port from 1 to 65535";
  const auto row = GENERATE_COPY(values<Refused>({
      {"", scheme},
      {"x.example/y", scheme},
      {"/path", scheme},
      {"//a/b", scheme},
      {"://a/", scheme},
      {"ftp://a/", scheme},
      {"file:///etc/passwd", scheme},
      {"httpx://a/", scheme},
      {"http://a!b/", host},  // legal by RFC 3986, but no libcurl takes it
      {"http://a,b/", host},
      {"htt://a/", scheme},
      {"ht%74p://a/", scheme},
      {"http", scheme},
      {"http//a", scheme},
      {"http:", host},
      {"http:x", host},
      {"http:/x", host},
      {"http://", host},
      {"http:///x", host},
      {"http://?q", host},
      {"http://#f", host},
      {"http://:80/", host},
      {"http://a:0/", port},
      {"http://a:00/", port},
      {"http://a:65536/", port},
      {"http://a:99999999999999999999/", port},
      {"http://a:-1/", port},
      {"http://a:+1/", port},
      {"http://a:8a/", port},
      {"http://a:0x50/", port},
      {"http://a:80:80/", port},
      {"http://::1/", host},
      {"http://[::1/", host},
      {"http://::1]/", host},
      {"http://[]/", host},
      {"http://[::1]80/", host},
      {"http://[::1]x:80/", host},
      {"http://[::1]]/", host},
      {"http://[[::1]]/", host},
      {"http://[1:2:3:4:5:6:7:8:9]/", host},
      {"http://[1::2::3]/", host},
      {"http://[::12345]/", host},
      {"http://[127.0.0.1]/", host},
      {"http://[::1%]/", host},
      {"http://[::1%25]/", host},
      {"http://[::1%eth0]/", host},
      {"http://[::1%25a/b]/", host},
      {"http://[v1.a]/", host},
      {"http://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]/", host},
      {"http://a[b/", host},
      {"http://a%/", host},
      {"http://a%4/", host},
      {"http://a%zz/", host},
      {"http://a%2Fb/", host},
      {"http://a%00/", host},
      {"http://a%20b/", host},
      {"http://a%40b/", host},
      {"http://a%3a80/", host},
      {"http://u@a/", "have no user information"},
      {"http://u:p@a/", "have no user information"},
      {"http://@a/", "have no user information"},
      {"http://:@a/", "have no user information"},
  }));
  CAPTURE(row.given, row.reason);
  REQUIRE_THROWS_AS(Url::parse(row.given), std::invalid_argument);
  REQUIRE(refusal_of([&] {
            return Url::parse(row.given);
          }).starts_with("url must " + row.reason + ", got: "));
}

TEST_CASE("characters that no URL may contain are refused in every part", "[url]") {
  const auto bad = GENERATE(as<std::string>(), " ", "\t", "\r", "\n", std::string(1, '\0'), "\x01",
                            "\x7F", "\\", "<", ">", "\"", "{", "}", "|", "^", "`", "é", "\xFF");
  CAPTURE(bad);
  for (const std::string& text :
       {bad + "http://a/", "http" + bad + "://a/", "http:" + bad + "//a/", "http://" + bad + "a/",
        "http://a" + bad + "/", "http://a" + bad + ".evil/", "http://a/" + bad, "http://a/?q" + bad,
        "http://a/#f" + bad}) {
    CAPTURE(text);
    REQUIRE_THROWS_AS(Url::parse(text), std::invalid_argument);
  }
}

TEST_CASE("a URL has at most 64 KiB", "[url]") {
  const std::string start = "http://a/";
  const std::string longest = start + std::string((64U << 10U) - start.size(), 'x');
  REQUIRE(Url::parse(longest).text().size() == 64U << 10U);
  REQUIRE_THROWS_WITH(Url::parse(longest + "x"),
                      "url must have at most 65536 bytes, got: 65537 bytes");
}

TEST_CASE("a message names the URL without its secrets, in one line", "[url]") {
  REQUIRE_THROWS_WITH(Url::parse("ftp://a/?token=s3cret&b=1"),
                      "url must be an absolute http or https URL, got: "
                      "\"ftp://a/?token=***&b=1\"");
  REQUIRE_THROWS_WITH(Url::parse("http://me:s3cret@a/"),
                      "url must have no user information, got: \"http://a/\"");
  REQUIRE_THROWS_WITH(Url::parse("http://a/\r\n"),
                      "url must be free of spaces and of characters that RFC 3986 does not allow, "
                      "got: \"http://a/\\x0d\\x0a\"");
  REQUIRE_THROWS_WITH(Url::parse("http://a:99999/"),
                      "url must have a port from 1 to 65535, got: \"http://a:99999/\"");
}

TEST_CASE("URLs are equal when their texts are", "[url]") {
  REQUIRE(Url::parse("HTTP://A/b") == Url::parse("http://a/b"));
  REQUIRE_FALSE(Url::parse("http://a/b") == Url::parse("http://a/B"));
  REQUIRE_FALSE(Url::parse("http://a/#x") == Url::parse("http://a/"));
}

TEST_CASE("an origin tells scheme, host and port apart", "[url]") {
  const auto origin = [](std::string_view text) { return Url::parse(text).origin(); };
  REQUIRE(origin("http://a/b") == origin("http://A:80/c?d#e"));
  REQUIRE(origin("https://a") == origin("https://a:443"));
  REQUIRE(origin("http://a") != origin("https://a"));
  REQUIRE(origin("http://a") != origin("http://a."));
  REQUIRE(origin("http://a:81") != origin("http://a"));
  REQUIRE(origin("http://a/http://b:1/") == "http://a:80");
  REQUIRE(origin("http://a?://b") == "http://a:80");
}

TEST_CASE("the origin of text that is no URL is harmless", "[url]") {
  const auto text = GENERATE(as<std::string>(), "", ":", "http", "http:", "http:/", "http://",
                             "http://[", "http://[]:", "http://:", "a:b:c", "://", "///");
  CAPTURE(text);
  REQUIRE_NOTHROW(origin_of(text));
}

}  // namespace
}  // namespace async_http_pool
