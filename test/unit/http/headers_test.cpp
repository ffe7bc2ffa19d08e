#include <async_http_pool/headers.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Strings = std::vector<std::string>;

Strings lines_of(const Headers& headers) {
  Strings lines;
  for (const auto& [name, value] : headers) {
    lines.push_back(name + ": " + value);
  }
  return lines;
}

TEST_CASE("names are kept in lower case and found in any", "[headers]") {
  Headers headers;
  headers.set("Content-Type", "text/Plain");
  REQUIRE(lines_of(headers) == Strings{"content-type: text/Plain"});
  REQUIRE(headers.get("CONTENT-TYPE") == "text/Plain");
  REQUIRE(headers.contains("content-Type"));
  REQUIRE_FALSE(headers.contains("content-typ"));
  REQUIRE_FALSE(headers.contains("content-type "));
  REQUIRE_FALSE(headers.contains(""));
}

TEST_CASE("set replaces all fields of its name at the place of the first", "[headers]") {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "2");
  headers.add("A", "3");
  headers.add("c", "4");
  headers.add("a", "5");
  headers.set("A", "6");
  REQUIRE(lines_of(headers) == Strings{"a: 6", "b: 2", "c: 4"});
  headers.set("d", "7");
  REQUIRE(lines_of(headers) == Strings{"a: 6", "b: 2", "c: 4", "d: 7"});
}

TEST_CASE("add keeps earlier fields, in their order", "[headers]") {
  Headers headers{{"Set-Cookie", "a=1"}, {"x", "y"}};
  headers.add("set-COOKIE", "b=2");
  REQUIRE(headers.size() == 3);
  REQUIRE(headers.get("set-cookie") == "a=1");
  REQUIRE(headers.get_all("Set-Cookie") == std::vector<std::string_view>{"a=1", "b=2"});
  REQUIRE(headers.get_all("none").empty());
}

TEST_CASE("a list of fields keeps the last of each name", "[headers]") {
  const Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}};
  REQUIRE(lines_of(headers) == Strings{"a: 3", "b: 2"});
}

TEST_CASE("several values are joined, cookies by a line feed", "[headers]") {
  Headers headers;
  REQUIRE(headers.joined("accept") == std::nullopt);
  headers.add("Accept", "a");
  REQUIRE(headers.joined("accept") == "a");
  headers.add("accept", "");
  headers.add("accept", "b;q=1");
  REQUIRE(headers.joined("ACCEPT") == "a, , b;q=1");
  headers.add("Set-Cookie", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  headers.add("Set-Cookie", "b=2");
  headers.add("cookie", "a=1");
  headers.add("cookie", "b=2");
  REQUIRE(headers.joined("Cookie") == "a=1; b=2");  // RFC 6265, section 5.4
  REQUIRE(headers.joined("Set-Cookie") == "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT\nb=2");
}

TEST_CASE("remove takes all fields of a name and counts them", "[headers]") {
  Headers headers{{"b", "2"}};
  headers.add("a", "1");
  headers.add("A", "3");
  REQUIRE(headers.remove("A") == 2);
  REQUIRE(headers.remove("a") == 0);
  REQUIRE(headers.remove("") == 0);
  REQUIRE(lines_of(headers) == Strings{"b: 2"});
}

TEST_CASE("views of the fields themselves may be given back", "[headers]") {
  Headers headers;
  for (const std::string_view name : {"first", "second", "first", "third", "first"}) {
    headers.add(name, std::string(100, name.front()));
  }
  SECTION("to set") {
    headers.set(headers.begin()[2].first, *headers.get("second"));
    REQUIRE(headers.size() == 3);
    REQUIRE(headers.get("first") == std::string(100, 's'));
  }
  SECTION("to add") {
    for (int i = 0; i < 50; ++i) {
      headers.add(headers.begin()->first, headers.begin()->second);
    }
    REQUIRE(headers.get_all("first").size() == 53);
    REQUIRE(headers.get_all("first").back() == std::string(100, 'f'));
  }
  SECTION("to remove") {
    REQUIRE(headers.remove(headers.begin()->first) == 3);
    REQUIRE(headers.size() == 2);
  }
}

TEST_CASE("blanks around a value are removed, those inside stay", "[headers]") {
  Headers headers;
  headers.set("a", " \t x \t y \t");
  REQUIRE(headers.get("a") == "x \t y");
  headers.set("a", "  ");
  REQUIRE(headers.get("a") == "");
  headers.set("a", "caf\xE9 \x01");
  REQUIRE(headers.get("a") == "caf\xE9 \x01");
}

TEST_CASE("a name that is no token is refused and changes nothing", "[headers]") {
  const auto name = GENERATE(as<std::string>(), "", " ", "a b", "a:", ":path", "a\r\nb", "ä", "a\t",
                             "(a)", std::string("a\0", 2));
  Headers headers{{"a", "1"}};
  const Headers before = headers;
  CAPTURE(name);
  REQUIRE_THROWS_AS(headers.set(name, "v"), std::invalid_argument);
  REQUIRE_THROWS_AS(headers.add(name, "v"), std::invalid_argument);
  REQUIRE_THROWS_AS((Headers{{name, "v"}}), std::invalid_argument);
  REQUIRE(headers == before);
}

TEST_CASE("a value that would end the field is refused and not quoted", "[headers]") {
  const auto end = GENERATE(as<std::string>(), "\r", "\n", "\r\n", "\r\n ", std::string(1, '\0'));
  const auto after = GENERATE(as<std::string>(), "", "x: y");
  Headers headers{{"authorization", "old"}};
  const Headers before = headers;
  const std::string value = "s3cret" + end + after;
  const std::string message =
      "header value must be free of CR, LF and NUL, got one that is not for: \"Authorization\"";
  REQUIRE_THROWS_AS(headers.set("Authorization", value), std::invalid_argument);
  REQUIRE_THROWS_WITH(headers.set("Authorization", value), message);
  REQUIRE_THROWS_WITH(headers.add("Authorization", value), message);
  REQUIRE(headers == before);
}

TEST_CASE("headers are equal when their fields are, in this order", "[headers]") {
  REQUIRE(Headers{{"A", "1"}, {"b", "2"}} == Headers{{"a", "1"}, {"B", "2"}});
  REQUIRE_FALSE(Headers{{"a", "1"}, {"b", "2"}} == Headers{{"b", "2"}, {"a", "1"}});
  REQUIRE_FALSE(Headers{{"a", "x"}} == Headers{{"a", "X"}});
  REQUIRE(Headers().empty());
}

}  // namespace
}  // namespace async_http_pool
