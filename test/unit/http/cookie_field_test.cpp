// The one cookie field of a request: its own cookies and those of a jar.
#include "http/cookie_field.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string field(const std::vector<std::string>& own, const std::string& of_jar) {
  Headers headers = {{"accept", "*/*"}};
  for (const std::string& value : own) headers.add("Cookie", value);
  return cookie_field(headers, of_jar);
}

}  // namespace

TEST_CASE("a request's own cookies come first, all in one field") {
  CHECK(field({}, "a=1; b=2") == "a=1; b=2");
  CHECK(field({"own=1"}, "a=1") == "own=1; a=1");
  CHECK(field({"own=1", "", "more=2;x"}, "a=1") == "own=1; more=2;x; a=1");
  CHECK(field({"own=1", "more=2"}, "") == "own=1; more=2");
  CHECK(field({}, "").empty());
}

TEST_CASE("an own cookie gives way to that of its name in the jar, the others stay as they are") {
  CHECK(field({"session=old"}, "session=new") == "session=new");
  CHECK(field({"a=1; session=old; b=2"}, "session=new; c=3") == "a=1; b=2; session=new; c=3");
  CHECK(field({"session=old;a=\"x;y\""}, "session=new") == "a=\"x;y\"; session=new");
  CHECK(field({"session=old", "b=2"}, "session=new; session=newer") ==
        "b=2; session=new; session=newer");
  CHECK(field({" session = old"}, "session=new") == "session=new");
  CHECK(field({"Session=old; session; sessions=1"}, "session=new") ==
        "Session=old; session; sessions=1; session=new");
}

TEST_CASE(
    "a cookie field with its name has at most 8190 bytes, the application's own ones of them") {
  const std::size_t bytes_max = 8190 - std::string("cookie: ").size();
  const std::string own = "own=" + std::string(4000, 'x');
  const std::string exact = "a=" + std::string(bytes_max - own.size() - 2 - 2, 'y');
  CHECK(field({own}, exact) == own + "; " + exact);
  CHECK(field({own}, exact + "y") == own);
  CHECK(field({own}, exact + "y; b=2") == own + "; b=2");  // what still fits goes
  const std::string large = "own=" + std::string(20'000, 'x');
  CHECK(field({large}, "a=1") == large);  // the application's own affair
  // The room of a cookie that gives way is free.
  const std::string replaced = "a=" + std::string(8000, 'y');
  CHECK(field({"a=" + std::string(8000, 'x')}, replaced) == replaced);
}

}  // namespace async_http_pool
