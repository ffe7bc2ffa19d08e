#include <stdexcept>
#include <string>

#include "http/url.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Row {
  std::string reference;
  std::string result;
};

struct BaseRow {
  std::string base;
  std::string reference;
  std::string result;
};

constexpr const char* rfc_base = "http://a/b/c/d;p?q";

TEST_CASE("the normal examples of RFC 3986, section 5.4.1, resolve", "[url]") {
  const auto row = GENERATE(values<Row>({
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
  }));
  CAPTURE(row.reference);
  REQUIRE(Url::parse(rfc_base).resolve(row.reference).text() == row.result);
}

TEST_CASE("the abnormal examples of RFC 3986, section 5.4.2, resolve", "[url]") {
  const auto row = GENERATE(values<Row>({
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g#s/./x", "http://a/b/c/g#s/./x"},
      {"g#s/../x", "http://a/b/c/g#s/../x"},
  }));
  CAPTURE(row.reference);
  REQUIRE(Url::parse(rfc_base).resolve(row.reference).text() == row.result);
}

TEST_CASE("references of the wild resolve as the RFC says", "[url]") {
  const auto row = GENERATE(values<BaseRow>({
      {"http://a", "g", "http://a/g"},
      {"http://a", "?q", "http://a?q"},
      {"http://a", "../g", "http://a/g"},
      {"http://a", "", "http://a"},
      {"http://a?x", "g", "http://a/g"},
      {"http://a:81/b", "/c", "http://a:81/c"},
      {"http://a:81/b", "//c/d", "http://c/d"},
      {"https://a/b", "//c:8/d", "https://c:8/d"},
      {"https://a/b", "http://c/d", "http://c/d"},
      {"https://a/b", "HTTP://C/D/./E/../F", "http://c/D/F"},
      {"http://a/b//c", "d", "http://a/b//d"},
      {"http://a/b/c", "..//d", "http://a//d"},
      {"http://a/b", "/.//evil/x", "http://a//evil/x"},
      {"http://a/b", "./c:d", "http://a/c:d"},
      {"http://a/b", "1:2", "http://a/1:2"},
      {"http://a/b?x=http://c/d", "e", "http://a/e"},
      {"http://a/b", "?c=../d", "http://a/b?c=../d"},
      {"http://[::1]:81/b", "c", "http://[::1]:81/c"},
      {"http://a/v1/", "users", "http://a/v1/users"},
      {"http://a/v1", "users", "http://a/users"},
      {"http://a/v1/", "%2e%2e/x", "http://a/v1/%2e%2e/x"},
      {"http://a/b", "?", "http://a/b?"},
  }));
  CAPTURE(row.base, row.reference);
  REQUIRE(Url::parse(row.base).resolve(row.reference).text() == row.result);
}

TEST_CASE("a location without a fragment inherits the one of the request", "[url]") {
  const Url base = Url::parse("http://a/b?q#old");
  REQUIRE(base.resolve("").text() == "http://a/b?q#old");
  REQUIRE(base.resolve("c").text() == "http://a/c#old");
  REQUIRE(base.resolve("http://d/e").text() == "http://d/e#old");
  REQUIRE(base.resolve("c#new").text() == "http://a/c#new");
  REQUIRE(base.resolve("c#").text() == "http://a/c#");
  REQUIRE(base.resolve("c").target() == "/c");
}

TEST_CASE("what no URL may contain is percent-encoded in a location", "[url]") {
  const auto row = GENERATE(values<Row>({
      {" \t/g \t", "http://a/g"},
      {"/a b", "http://a/a%20b"},
      {"/é?ü#ö", "http://a/%C3%A9?%C3%BC#%C3%B6"},
      {"/\xFF", "http://a/%FF"},
      {"/a+b%20c", "http://a/a+b%20c"},
      {"/%zz%", "http://a/%zz%"},
      {"/<>\"{}|\\^`", "http://a/%3C%3E%22%7B%7D%7C%5C%5E%60"},
      {"/a\r\nb", "http://a/a%0D%0Ab"},
      {std::string("/a\0b", 4), "http://a/a%00b"},
      {"\\\\evil.example\\x", "http://a/b/c/%5C%5Cevil.example%5Cx"},
      {"/\\evil.example", "http://a/%5Cevil.example"},
      {"http://münchen.example/", "http://m%c3%bcnchen.example/"},
  }));
  CAPTURE(row.reference);
  REQUIRE(Url::parse(rfc_base).resolve(row.reference).text() == row.result);
}

TEST_CASE("a location that leads out of http is refused", "[url]") {
  const auto reference =
      GENERATE(as<std::string>(), "g:h", "http:g", "http:", "https:/g", "http:///g", "///g", "//",
               "file:///etc/passwd", "ftp://a/b", "javascript:alert(1)", "mailto:a@b",
               "http://u:p@b/", "//u@b/", "http://b:0/", "//b:x/", "http://b c/", "http://[::1/",
               "http://a\\@b/", "http://b%2F/");
  CAPTURE(reference);
  REQUIRE_THROWS_AS(Url::parse(rfc_base).resolve(reference), std::invalid_argument);
}

TEST_CASE("a refused location does not show its secrets", "[url]") {
  REQUIRE_THROWS_WITH(Url::parse(rfc_base).resolve("//me:s3cret@b/?api_key=s3cret"),
                      "url must have no user information, got: \"http://b/?api_key=***\"");
}

TEST_CASE("a resolved URL is parsed again and bounded", "[url]") {
  const Url base = Url::parse("HTTPS://A:444/b/c?d");
  const Url url = base.resolve("../e?f");
  REQUIRE(url.scheme() == "https");
  REQUIRE(url.host() == "a");
  REQUIRE(url.port() == 444);
  REQUIRE(url.target() == "/e?f");
  REQUIRE(url.origin() == base.origin());
  REQUIRE(url == Url::parse(url.text()));
  REQUIRE_THROWS_AS(base.resolve("/" + std::string(65536, 'x')), std::invalid_argument);
  REQUIRE_THROWS_AS(base.resolve("/" + std::string(30000, ' ') + "x"), std::invalid_argument);
}

TEST_CASE("dot segments are removed in linear time", "[url]") {
  std::string reference;
  for (int i = 0; i < 20000; ++i) {
    reference += "a/";
  }
  for (int i = 0; i < 200000; ++i) {
    reference += "../";
  }
  REQUIRE(Url::parse(rfc_base).resolve(reference + "g").text() == "http://a/g");
}

}  // namespace
}  // namespace async_http_pool
