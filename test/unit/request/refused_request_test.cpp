// Group D of HARD-CASES.md, as far as it is about requests that are never sent: what could mean
// something else to a server, or to libcurl, than to the application.
#include <async_http_pool/configuration.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_config.hpp>

#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

bool is_url(const std::string& text) {
  try {
    return !Request::get(text).build().url().empty();
  } catch (const std::invalid_argument&) {
    return false;
  }
}

TEST_CASE("hard case 86: line ends and NUL are refused in names, values, methods and agents") {
  for (const std::string& end : {std::string("\r\n"), std::string("\n"), std::string("\r"),
                                 std::string(1, '\0'), std::string("\r\nEvil: 1\r\n\r\nGET /")}) {
    CAPTURE(end);
    const std::string evil = "a" + end + "b";
    RequestBuilder builder = Request::get("http://a/");
    CHECK_THROWS_AS(builder.header("x", evil), std::invalid_argument);
    CHECK_THROWS_AS(builder.header(evil, "x"), std::invalid_argument);
    CHECK_THROWS_AS(Request::builder("GE" + end + "T", "http://a/"), std::invalid_argument);
    CHECK_THROWS_AS(Configuration().set_user_agent(evil), std::invalid_argument);
    CHECK_THROWS_AS(RequestConfig().set_user_agent(evil), std::invalid_argument);
  }
}

TEST_CASE("hard case 87: NUL, line ends and blanks are refused in a URL, wherever they stand") {
  REQUIRE(is_url("http://a:80/b?c#d"));
  for (const char character : {'\0', '\r', '\n', ' ', '\t', '\x7f'}) {
    for (const std::size_t place : {0U, 4U, 7U, 8U, 9U, 12U, 13U, 15U, 17U}) {
      std::string url = "http://a:80/b?c#d";
      url.insert(place, 1, character);
      CAPTURE(url);
      CHECK_FALSE(is_url(url));
    }
  }
}

TEST_CASE("hard case 88: a port is from 1 to 65535") {
  CHECK(is_url("http://a:1/"));
  CHECK(is_url("http://a:65535/"));
  for (const char* port :
       {"0", "00000", "65536", "99999", "-1", "4294967376", "18446744073709551696"}) {
    CAPTURE(port);
    CHECK_FALSE(is_url("http://a:" + std::string(port) + "/"));
  }
}

TEST_CASE("hard case 91: no scheme is guessed, and one slash is not two") {
  for (const char* url : {"example.com", "example.com/path", "www.example.com:80/",
                          "//example.com/", "http:/example.com/", "http:example.com",
                          "https:///example.com/", "localhost:8080", "ftp.example.com"}) {
    CAPTURE(url);
    CHECK_FALSE(is_url(url));
  }
}

TEST_CASE("hard case 92: an empty URL is refused") {
  CHECK_FALSE(is_url(""));
  CHECK_FALSE(is_url(" "));
}

TEST_CASE("hard case 94: a name in other letters is refused unless it is written in ASCII") {
  // Which name the letters stand for depends on libcurl (built with IDN or not, 2003 or 2008): the
  // application says it.
  CHECK_FALSE(
      is_url("http://b\xC3\xBC"
             "cher.example/"));
  CHECK_FALSE(
      is_url("http://b\xFC"
             "cher.example/"));
  CHECK(is_url("http://xn--bcher-kva.example/"));
}

TEST_CASE("hard case 94: a zone is part of an address, in the form of RFC 6874") {
  CHECK(Request::get("http://[fe80::1%25eth0]:81/").build().url() == "http://[fe80::1%25eth0]:81/");
  CHECK_FALSE(is_url("http://[fe80::1%eth0]/"));
  CHECK_FALSE(is_url("http://[fe80::1%25]/"));
}

}  // namespace
}  // namespace async_http_pool
