#include "curl/header_lines.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::vector<std::string> texts_of(const curl_slist* list) {
  std::vector<std::string> texts;
  for (; list != nullptr; list = list->next) texts.emplace_back(list->data);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("header lines are a list as libcurl wants it, in their order") {
  HeaderLines lines(2, 32);
  lines.add("accept", "application/json");
  lines.add("x-request-id", "1");
  lines.add("accept", "text/plain");
  CHECK(texts_of(lines.list()) ==
        Texts{"accept: application/json", "x-request-id: 1", "accept: text/plain"});
}

TEST_CASE("an empty value is written in libcurl's own way, a suppressed header without value") {
  HeaderLines lines(2, 32);
  lines.add("x-empty", "");
  lines.suppress("expect");
  CHECK(texts_of(lines.list()) == Texts{"x-empty;", "expect:"});
}

TEST_CASE("a withdrawn line is one without value, and the list stays as it is") {
  HeaderLines lines(3, 64);
  lines.add("expect", "100-continue");
  lines.add("x-empty", "");
  lines.add("x-expect", "100-continue");
  const curl_slist* list = lines.list();
  lines.withdraw("Expect");
  lines.withdraw("missing");
  CHECK(texts_of(list) == Texts{"expect:             ", "x-empty;", "x-expect: 100-continue"});
  CHECK(lines.list() == list);
  CHECK(texts_of(list) == Texts{"expect:             ", "x-empty;", "x-expect: 100-continue"});
}

TEST_CASE("names are in title case where that is asked for, values are left alone") {
  HeaderLines lines(4, 64);
  lines.use_title_case();
  lines.add("content-type", "text/plain");
  lines.add("x--0a-", "b-c");
  lines.add("e", "");
  lines.suppress("expect");
  CHECK(texts_of(lines.list()) ==
        Texts{"Content-Type: text/plain", "X--0a-: b-c", "E;", "Expect:"});
}

TEST_CASE("no header lines are no list") {
  HeaderLines lines(0, 0);
  CHECK(lines.list() == nullptr);
}

TEST_CASE("header lines may be more and longer than was hinted") {
  HeaderLines lines(0, 0);
  Texts expected;
  for (int i = 0; i < 300; ++i) {
    const std::string value(static_cast<std::size_t>(i) + 1, 'v');
    lines.add("x-name", value);
    expected.push_back("x-name: " + value);
  }
  CHECK(texts_of(lines.list()) == expected);
}

TEST_CASE("the list can be asked for again and is the same") {
  HeaderLines lines(1, 16);
  lines.add("a", "1");
  const curl_slist* list = lines.list();
  CHECK(lines.list() == list);
  CHECK(texts_of(list) == Texts{"a: 1"});
}

TEST_CASE("cleared header lines start over") {
  HeaderLines lines(1, 16);
  lines.add("a", "1");
  lines.add("b", "2");
  REQUIRE(lines.list() != nullptr);
  lines.clear();
  CHECK(lines.list() == nullptr);
  lines.add("c", "3");
  CHECK(texts_of(lines.list()) == Texts{"c: 3"});
}

TEST_CASE("colons and blanks inside a value stay") {
  HeaderLines lines(1, 16);
  lines.add("x-url", "http://a:1/ b;c");
  CHECK(texts_of(lines.list()) == Texts{"x-url: http://a:1/ b;c"});
}

}  // namespace
}  // namespace async_http_pool
