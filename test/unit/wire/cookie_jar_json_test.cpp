#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <async_http_pool/cookie_jar.hpp>
#include <async_http_pool/exceptions.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

std::string refusal(const std::string& text) {
  CookieJar jar;
  try {
    jar.load_json(text);
  } catch (const ParseError& error) {
    CHECK(jar.cookies().empty());
    return error.what();
  }
  return "(was read)";
}

/// A document of one good cookie and one in which `member` is `value`.
std::string with(const std::string& member, const Value& value) {
  Value::Object bad = {{"name", "b"}, {"value", "2"}, {"domain", "x"}, {"path", "/"}};
  bad.emplace_back(member, value);
  return Value::object(
             {{"cookies",
               Value::array(
                   {Value::object({{"name", "a"}, {"value", "1"}, {"domain", "x"}, {"path", "/"}}),
                    bad})}})
      .to_json();
}

}  // namespace

TEST_CASE("A jar is written as the documentation says") {
  CookieJar jar;
  CHECK(jar.to_json() == R"({"cookies":[]})");
  jar.set("https://x/p/q", "a=1; secure; httponly");
  Cookie cookie{.name = "b", .value = "2", .domain = "x", .path = "/"};
  cookie.expires = std::chrono::sys_seconds(4'000'000'000s) + 999ms;
  jar.add(cookie);
  CHECK(jar.to_json() ==
        R"({"cookies":[{"name":"a","value":"1","domain":"x","path":"/p","host_only":true,)"
        R"("secure":true,"http_only":true,"expires":null},{"name":"b","value":"2","domain":"x",)"
        R"("path":"/","host_only":true,"secure":false,"http_only":false,"expires":4000000000}]})");
}

TEST_CASE("What a jar wrote another reads, byte for byte and in order") {
  CookieJar jar;
  jar.set("https://h/p/q", "c=\"quoted, value\"; secure; path=/");
  jar.set("http://h/", "b=\xff\x80 latin-1; httponly; max-age=1000");
  jar.set("http://h/", "\xe9=name");
  jar.set("http://h/", "p=\xc3\xa9; path=/\xff");
  jar.set("http://[::1]/", "a=; expires=Fri, 31 Dec 9999 23:59:59 GMT");
  jar.set("http://127.0.0.1/", "e=\\ \" / \t x");
  REQUIRE(jar.cookies().size() == 6);
  CookieJar copy;
  copy.load_json(jar.to_json());
  CHECK(copy.cookies() == jar.cookies());
  CHECK(copy.to_json() == jar.to_json());
  CHECK(copy.header_for("https://h/") == "c=\"quoted, value\"; b=\xff\x80 latin-1; \xe9=name");
  copy.load_json(jar.to_json());  // each replaces itself
  CHECK(copy.cookies() == jar.cookies());
}

TEST_CASE("What is loaded joins what is there") {
  CookieJar jar;
  jar.set("http://x/", "a=old");
  jar.set("http://x/", "z=1");
  jar.load_json(with("secure", false));
  CHECK(jar.header_for("http://x/") == "a=1; z=1; b=2");
}

TEST_CASE("What has ended is left out, and takes nothing newer with it") {
  for (const Value& end : {Value(0), Value(-5), Value(1'000'000'000), Value(-1e300)}) {
    CookieJar jar;
    jar.set("http://x/", "b=new");
    jar.load_json(with("expires", end));
    CHECK(jar.header_for("http://x/") == "b=new; a=1");
  }
  for (const Value& end : {Value(nullptr), Value(4e9), Value(1e300), Value(INT64_MAX)}) {
    CookieJar jar;
    jar.load_json(with("expires", end));
    CHECK(jar.header_for("http://x/") == "a=1; b=2");
  }
}

TEST_CASE("Members that are not there have the careful value") {
  CookieJar jar;
  jar.load_json(R"({"cookies":[{"name":"a","value":"1","domain":"x.y","path":"/","later":[{}]}]})");
  REQUIRE(jar.cookies().size() == 1);
  CHECK(jar.cookies().front().is_host_only);
}

TEST_CASE("What is wrong with a jar is told with its place, and nothing is added") {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::string place = "cookie_jar.cookies[1]";
  const std::vector<Row> rows = {
      {"[]", "cookie_jar: value must be an object, got: an array"},
      {"{}", "cookie_jar.cookies: is missing"},
      {R"({"cookies":{}})", "cookie_jar.cookies: value must be an array, got: an object"},
      {R"({"cookies":[1]})", "cookie_jar.cookies[0]: value must be an object, got: an integer"},
      {R"({"cookies":[{}]})", "cookie_jar.cookies[0].name: is missing"},
      {with("value", 1), place + ".value: value must be a string, got: an integer"},
      {with("value", nullptr), place + ".value: is missing"},
      {with("domain", Value::array()), place + ".domain: value must be a string, got: an array"},
      {with("secure", "yes"), place + ".secure: value must be a bool, got: a string"},
      {with("host_only", 1), place + ".host_only: value must be a bool, got: an integer"},
      {with("expires", "tomorrow"), place + ".expires: value must be a double, got: a string"},
      {with("name", "a\r\nb"),
       place + ": cookie name must be free of \"=\", \";\" and blanks, got: \"a\\x0d\\x0ab\""},
      {with("value", std::string("secret\0secret", 13)),
       place + ": cookie value must be free of \";\" and control characters: \"b\""},
      {with("value", "1; b=2"),
       place + ": cookie value must be free of \";\" and control characters: \"b\""},
      {with("value", std::string(5000, 'x')),
       place + ": cookie must have at most 4096 bytes, got: 5001"},
      {with("domain", ".x"), place + ": cookie domain must be a host in lower case, got: \".x\""},
      {with("name", "__Secure-a"),
       place + ": cookie must be what its name promises, got: \"__Secure-a\""},
      {with("path", ""), place + ": cookie path must begin with \"/\", got: \"\""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(refusal(row.text) == row.message);
  }
  CHECK(refusal(with("value_base64", "?")).starts_with(place + ".value_base64: "));
  CHECK(refusal(with("value_base64", "AA==")).ends_with("control characters: \"b\""));
  for (const std::string text : {"", "{", "nul", "{\"cookies\":[", "{\"cookies\":[\"\xff\"]}"}) {
    INFO(text);
    CHECK(refusal(text) != "(was read)");
  }
}

TEST_CASE("Of more cookies than a jar takes the last are loaded, ended ones not counted") {
  std::string text = R"({"cookies":[{"name":"a","value":"0","domain":"first","path":"/",)"
                     R"("secure":true})";
  for (int i = 0; i < 3000; ++i) {
    text += R"(,{"name":"a","value":"1","domain":"h)" + std::to_string(i) + R"(","path":"/"})";
    text += R"(,{"name":"b","value":"1","domain":"h","path":"/","expires":1})";
  }
  text += "]}";
  CookieJar jar;
  jar.load_json(text);
  CHECK(jar.header_for("https://first/").empty());
  CHECK(jar.header_for("http://h0/") == "a=1");
  CHECK(jar.cookies().size() == 3000);
}

TEST_CASE("A document of very many cookies is cut down or refused") {
  std::string text = R"({"cookies":[)";
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(i);
    text += R"({"name":"a","value":")" + number + R"(","domain":"h)" + number + R"(","path":"/"},)";
  }
  text.back() = ']';
  text += '}';
  CookieJar jar;
  jar.load_json(text);
  CHECK(jar.cookies().size() == 3000);
  CHECK(jar.header_for("http://h19999/") == "a=19999");
  CHECK(jar.header_for("http://h16999/").empty());
  CookieJar small;
  CHECK_THROWS_AS(small.load_json(text, {.values_max = 1000}), ParseError);
  CHECK_THROWS_AS(small.load_json(text, {.text_bytes_max = 1000}), ParseError);
  CHECK(small.cookies().empty());
}

}  // namespace async_http_pool
