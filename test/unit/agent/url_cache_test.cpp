#include "agent/url_cache.hpp"

#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string part_of(const UrlHandle& url, CURLUPart what) {
  char* text = nullptr;
  REQUIRE(curl_url_get(url.get(), what, &text, 0) == CURLUE_OK);
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

}  // namespace

TEST_CASE("a URL is kept, taken apart, when it comes for the second time") {
  UrlCache urls;
  CHECK(urls.find("http://a.test:81/b?c#d") == nullptr);
  const auto second = urls.find("http://a.test:81/b?c#d");
  REQUIRE(second != nullptr);
  CHECK(part_of(*second, CURLUPART_HOST) == "a.test");
  CHECK(part_of(*second, CURLUPART_PORT) == "81");
  CHECK(part_of(*second, CURLUPART_PATH) == "/b");
  CHECK(part_of(*second, CURLUPART_QUERY) == "c");
  CHECK(urls.find("http://a.test:81/b?c#d") == second);
}

TEST_CASE("URLs that differ in a byte are never taken for each other") {
  UrlCache urls;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i) {
      const std::string path = "/" + std::to_string(i);
      static_cast<void>(urls.find("http://a.test" + path));
      const auto url = urls.find("http://a.test" + path);
      REQUIRE(url != nullptr);
      REQUIRE(part_of(*url, CURLUPART_PATH) == path);
    }
  }
}

TEST_CASE("URLs that come once do not drive out the one that comes often") {
  UrlCache urls;
  static_cast<void>(urls.find("http://often.test/"));
  const auto often = urls.find("http://often.test/");
  for (int i = 0; i < 10'000; ++i)
    CHECK(urls.find("http://once.test/" + std::to_string(i)) == nullptr);
  CHECK(urls.find("http://often.test/") == often);
}

TEST_CASE("a URL that was driven out stays whole for those that have it") {
  UrlCache urls;
  static_cast<void>(urls.find("http://a.test/first"));
  const auto first = urls.find("http://a.test/first");
  for (int i = 0; i < 2000; ++i)
    static_cast<void>(urls.find("http://b.test/" + std::to_string(i / 2)));
  CHECK(part_of(*first, CURLUPART_PATH) == "/first");
}

TEST_CASE("long URLs, those with a zone, and those that libcurl does not take are left to it") {
  UrlCache urls;
  const std::string url =
      GENERATE("http://a.test/" + std::string(1100, 'b'), std::string("http://[::1/"),
               std::string("no-scheme"), std::string("http://[fe80::1%25lo]/"));
  for (int i = 0; i < 3; ++i) CHECK(urls.find(url) == nullptr);
}

}  // namespace async_http_pool
