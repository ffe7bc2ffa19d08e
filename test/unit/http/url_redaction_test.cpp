#include <string>

#include "http/url.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Row {
  std::string url;
  std::string shown;
};

TEST_CASE("a URL without secrets is shown as it is", "[url]") {
  const auto url =
      GENERATE(as<std::string>(), "", "http://a", "https://a.example:8080/b/c?d=e&f=g#h",
               "http://[::1]:80/", "http://a/@me/x:y@z", "http://a:99999/x@y", "/path/only?x=1",
               "?x", "http://a/?author=me&monks=1&design=2&code_page=3&passage=4&pink=5&x=token",
               "http://a/token/key", "http://a/?token", "http://a?&&;;==&=", "x.example/y", "é",
               "http://a/?q=1?2/3;4");
  REQUIRE(redact_url(url) == url);
}

TEST_CASE("user information is left out", "[url]") {
  const auto row = GENERATE(values<Row>({
      {"http://s3cret@a/", "http://a/"},
      {"http://me:s3cret@a:81/b?c#d", "http://a:81/b?c#d"},
      {"HTTPS://:s3cret@a", "HTTPS://a"},
      {"http://me:s3cret@[::1]:81/", "http://[::1]:81/"},
      {"http://me:s3cret@s3cret@a/", "http://a/"},
      {"ftp://me:s3cret@a/", "ftp://a/"},
      {"//me:s3cret@a/b", "//a/b"},
      {"http://me:s3cret%40a/", "http://a/"},
      {"http://me:s3cret@a/@b", "http://a/@b"},
      {"http://me:s3cret@", "http://"},
  }));
  CAPTURE(row.url);
  REQUIRE(redact_url(row.url) == row.shown);
}

TEST_CASE("secrets are masked where they usually stand", "[url]") {
  const auto row = GENERATE(values<Row>({
      {"http://a/?token=s3cret", "http://a/?token=***"},
      {"http://a/?b=1&access_token=s3cret&c=2#d", "http://a/?b=1&access_token=***&c=2#d"},
      {"http://a/?API-Key=s3cret", "http://a/?API-Key=***"},
      {"http://a/?key=s3cret;s3cret/s3cret?x=s3cret&c=1", "http://a/?key=***&c=1"},
      {"http://a/?%74oken=s3cret", "http://a/?%74oken=***"},
      {"http://a/?to%6Ben=s3cret", "http://a/?to%6Ben=***"},
      {"http://a/?a=1;sig=s3cret", "http://a/?a=1;sig=***"},
      {"http://a/?user[password]=s3cret", "http://a/?user[password]=***"},
      {"http://a/?token=", "http://a/?token=***"},
      {"http://a/?token=s3cret=s3cret", "http://a/?token=***"},
      {"http://a/;jsessionid=s3cret?b=1", "http://a/;jsessionid=***"},
      {"http://a/#access_token=s3cret&state=1", "http://a/#access_token=***&state=1"},
      {"http://a/?code=s3cret&state=1", "http://a/?code=***&state=1"},
      {"http://a/?x=y?token=s3cret", "http://a/?x=y?token=***"},
      {"http://a/?url=http://me:s3cret@b/c", "http://a/?url=http://b/c"},
      {"token=s3cret&x=1", "token=***&x=1"},
      {"https://a.s3.example/k?X-Amz-Credential=s3cret%2Fus&X-Amz-Date=1&X-Amz-Signature=s3cret",
       "https://a.s3.example/k?X-Amz-Credential=***&X-Amz-Date=1&X-Amz-Signature=***"},
      {"https://a/k?sv=1&sig=s3cret%3D", "https://a/k?sv=1&sig=***"},
  }));
  CAPTURE(row.url);
  REQUIRE(redact_url(row.url) == row.shown);
}

TEST_CASE("secret names are known in all their spellings", "[url]") {
  const auto name =
      GENERATE(as<std::string>(), "token", "id_token", "authToken", "secret", "client_secret",
               "password", "passwd", "pwd", "pass", "api_key", "apikey", "apiKey", "AWSAccessKeyId",
               "Signature", "x-goog-signature", "auth", "authorization", "session", "PHPSESSID",
               "sid", "jwt", "hmac", "credentials", "encryptionKey", "X-Amz-Security-Token", "otp");
  CAPTURE(name);
  const std::string shown = redact_url("https://a/b?c=d&" + name + "=s3cret");
  REQUIRE(shown == "https://a/b?c=d&" + name + "=***");
}

TEST_CASE("text that is no URL does not leak what stands before an at sign", "[url]") {
  const auto text =
      GENERATE(as<std::string>(), "me:s3cret@a/b", "s3cret@a", "http:me:s3cret@a/",
               "http:/me:s3cret@a/", "http:///me:s3cret@a/", "http:\\\\me:s3cret@a/",
               " http://me:s3cret@a/", "ht tp://s3cret@a/", "http://me:s3cret/s3cret@a/",
               "http://me:s3cret?s3cret@a/", "http://me:s3cret#s3cret@a/", "http://me:[s3cret/@a/",
               "http:// me:s3cret@a/", "http://me:s3cret\\@a", "socks5://me:s3cret@a",
               "://me:s3cret@a", "///me:s3cret@a/", "http://a/?token=s3cret", "http:/?token=s3cret",
               "a b?token=s3cret", "http://me:s3cret%40a:80/", "http://me:s3\ncret:s3cret@a/");
  CAPTURE(text);
  const std::string shown = redact_url(text);
  CAPTURE(shown);
  REQUIRE(shown.find("s3cret") == std::string::npos);
  REQUIRE(shown.find("me") == std::string::npos);
}

TEST_CASE("every byte in a password is hidden with it", "[url]") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string url =
        "http://me:s3cret" + std::string(1, static_cast<char>(byte)) + "s3cret@a/";
    CAPTURE(byte);
    REQUIRE(redact_url(url).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("a redacted URL is one line, and redacting it again changes nothing", "[url]") {
  const auto url = GENERATE(as<std::string>(), "http://me:x@a/?token=y#z", "http://a/\r\n\x1b?é",
                            "http://a/\xFF?sig=1", "me:x@a", "http://a:b@c:d@e/f@g");
  const std::string shown = redact_url(url);
  CAPTURE(shown);
  REQUIRE(redact_url(shown) == shown);
  for (const char c : shown) {
    REQUIRE(static_cast<unsigned char>(c) >= 0x20);
  }
}

}  // namespace
}  // namespace async_http_pool
