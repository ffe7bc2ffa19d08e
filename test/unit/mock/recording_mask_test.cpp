// What a recording leaves out.
#include "mock/recording_mask.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("credentials in headers are masked, those that a test names and the usual ones") {
  const RecordingMask mask({"X-Own"}, {});
  const Headers masked = mask.headers({{"authorization", "Bearer s3cret"},
                                       {"proxy-authorization", "Basic s3cret"},
                                       {"cookie", "sid=s3cret"},
                                       {"x-api-key", "s3cret"},
                                       {"x-own", "s3cret"},
                                       {"accept", "text/plain"}});
  for (const char* name : {"authorization", "proxy-authorization", "cookie", "x-api-key", "x-own"})
    CHECK(masked.get(name) == "***");
  CHECK(masked.get("accept") == "text/plain");
  CHECK(mask.headers(masked) == masked);
}

TEST_CASE("a cookie that is set loses its value, and nothing else") {
  const RecordingMask mask({}, {});
  Headers headers;
  for (const char* field : {"sid=s3cret; Path=/; HttpOnly", "a=", "novalue; Path=/", "b=c=d"})
    headers.add("set-cookie", field);
  const Headers masked = mask.headers(headers);
  CHECK(masked.get_all("set-cookie") == std::vector<std::string_view>{"sid=***; Path=/; HttpOnly",
                                                                      "a=***", "***; Path=/",
                                                                      "b=***"});
}

TEST_CASE("secrets in URLs are masked, wherever they stand, and only they") {
  const RecordingMask mask({}, {"user", "first name"});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"http://h/a?x=1&y=2", "http://h/a?x=1&y=2"},
      {"http://h/a?api_key=s3cret&x=1", "http://h/a?api_key=***&x=1"},
      {"http://h/a?user=s3cret", "http://h/a?user=***"},
      {"http://h/a?x=1&user=s3cret&y=2", "http://h/a?x=1&user=***&y=2"},
      {"http://h/a?first+name=s3cret", "http://h/a?first+name=***"},
      {"http://h/a?user=s3cret#part", "http://h/a?user=***#part"},
      {"http://h/a?user", "http://h/a?user"},
      {"http://h/a?users=1&xuser=2", "http://h/a?users=1&xuser=2"},
      {"http://h/a?", "http://h/a?"},
      {"http://h/a#?user=1", "http://h/a#?user=1"},
      {"http://h/user=1?x=&", "http://h/user=1?x=&"},
      {"/a?token=s3cret", "/a?token=***"},
      {"a@b?x=1&token=s3cret", "a@b?x=1&token=***"},
      {"?user=s3cret", "?user=***"},
      {"https://me:s3cret@h/", "https://h/"},
  };
  for (const auto& [url, masked] : cases) {
    INFO(url);
    CHECK(mask.url(url) == masked);
    CHECK(mask.url(masked) == masked);
  }
}

TEST_CASE("headers that are URLs are masked like them") {
  const RecordingMask mask({}, {"user"});
  const Headers masked = mask.headers({{"location", "/next?user=s3cret"},
                                       {"content-location", "/it?token=s3cret"},
                                       {"referer", "http://h/?user=s3cret"},
                                       {"link", "</a?user=kept>"}});
  CHECK(masked.get("location") == "/next?user=***");
  CHECK(masked.get("content-location") == "/it?token=***");
  CHECK(masked.get("referer") == "http://h/?user=***");
  CHECK(masked.get("link") == "</a?user=kept>");
}

}  // namespace
}  // namespace async_http_pool
