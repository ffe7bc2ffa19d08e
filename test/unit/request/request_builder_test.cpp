#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <async_http_pool/request.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr const char* url = "http://example.com/p";

}  // namespace

TEST_CASE("A request has its method in the form that is sent") {
  const std::vector<std::pair<Request, std::string>> requests = {
      {Request::get(url).build(), "GET"},
      {Request::head(url).build(), "HEAD"},
      {Request::post(url).build(), "POST"},
      {Request::put(url).build(), "PUT"},
      {Request::patch(url).build(), "PATCH"},
      {Request::delete_(url).build(), "DELETE"},
      {Request::options(url).build(), "OPTIONS"},
      {Request::builder("gEt", url).build(), "GET"},
      {Request::builder("purge", url).build(), "purge"}};
  for (const auto& [request, method] : requests) CHECK(request.method() == method);
  for (const char* method : {"", "CONNECT", "trace", "GET ", "G\r\nET", "G/T"}) {
    INFO(method);
    CHECK_THROWS_AS(Request::builder(method, url), std::invalid_argument);
  }
}

TEST_CASE("A request refuses a URL that it could not be sent to") {
  for (const char* bad :
       {"", "/path", "example.com", "ftp://x/", "http://", "http://a b/", "http://x:0/",
        "http://u:p@x/", "http://x/\xc3\xa9", "http://x/\r\nHost: y"}) {
    INFO(bad);
    CHECK_THROWS_AS(Request::get(bad).build(), std::invalid_argument);
  }
}

TEST_CASE("Parameters go behind the query and before the fragment") {
  const auto with = [](const char* base) {
    return Request::get(base).param("b", "2").build().url();
  };
  CHECK(with("http://x/p") == "http://x/p?b=2");
  CHECK(with("http://x/p?") == "http://x/p?b=2");
  CHECK(with("http://x/p?a=1") == "http://x/p?a=1&b=2");
  CHECK(with("http://x/p?a=1&") == "http://x/p?a=1&b=2");
  CHECK(with("http://x/p#f") == "http://x/p?b=2#f");
  CHECK(with("http://x/p#f?q") == "http://x/p?b=2#f?q");
  CHECK(with("http://x/p?a=1#f?q&r") == "http://x/p?a=1&b=2#f?q&r");
  CHECK(with("http://x") == "http://x?b=2");
  // The example of the original, executed.
  CHECK(Request::get("http://x/p?a=1#frag")
            .param("b", "2")
            .param("c", "1")
            .param("c", "2")
            .param("e f", "g&h=é ~*-._")
            .build()
            .url() == "http://x/p?a=1&b=2&c=1&c=2&e+f=g%26h%3D%C3%A9+%7E*-._#frag");
}

TEST_CASE("A request without parameters keeps its URL as it is") {
  CHECK(Request::get("http://x/p?").build().url() == "http://x/p?");
  CHECK(Request::get("http://x/p?a=%20#").build().url() == "http://x/p?a=%20#");
}

TEST_CASE("Building twice gives the same request") {
  auto builder = Request::post(url);
  builder.param("a", "1").json(Value::array({1}));
  CHECK(builder.build() == builder.build());
}

TEST_CASE("A built request does not change with its builder") {
  auto builder = Request::post(url);
  builder.header("x-a", "1").body("one");
  const Request first = builder.build();
  builder.header("x-a", "2").body("two").param("p", "q");
  CHECK(first.headers().get("x-a") == "1");
  CHECK(first.body() == "one");
  CHECK(first.url() == url);
  CHECK_FALSE(first == builder.build());
}

TEST_CASE("A header replaces the one of the same name") {
  const Request request = Request::get(url).header("X-A", "1").header("x-a", " 2 ").build();
  CHECK(request.headers() == Headers{{"x-a", "2"}});
  Headers more;
  more.add("x-a", "3");
  more.add("X-A", "4");
  const Request merged =
      Request::get(url).header("x-a", "1").header("y", "5").headers(more).build();
  CHECK(merged.headers().get_all("x-a") == std::vector<std::string_view>{"3", "4"});
  CHECK(merged.headers().get("y") == "5");
}

TEST_CASE("Headers that are the library's business are refused in any case") {
  for (const char* name :
       {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "keep-alive", "TE", "trailer",
        "Upgrade", "proxy-connection", "Expect"}) {
    INFO(name);
    CHECK_THROWS_AS(Request::post(url).header(name, "x"), std::invalid_argument);
    CHECK_THROWS_AS(Request::post(url).headers(Headers{{name, "x"}}), std::invalid_argument);
  }
}

TEST_CASE("Headers that would break the message are refused") {
  const std::vector<std::pair<std::string, std::string>> bad = {{"", "x"},
                                                                {"a b", "x"},
                                                                {"a:", "x"},
                                                                {"a\r\nb", "x"},
                                                                {"a", "x\r\ny: z"},
                                                                {"a", "x\ny"},
                                                                {"a", std::string("x\0y", 3)},
                                                                {"\xc3\xa9", "x"},
                                                                {":path", "/"}};
  for (const auto& [name, value] : bad) {
    INFO(name);
    CHECK_THROWS_AS(Request::get(url).header(name, value), std::invalid_argument);
  }
}

TEST_CASE("A refused header value does not reach the message") {
  try {
    Request::get(url).header("Authorization", "s3cret\xff");
    FAIL("accepted");
  } catch (const std::invalid_argument& error) {
    CHECK_THAT(error.what(), Catch::Matchers::Contains("authorization"));
    CHECK_THAT(error.what(), !Catch::Matchers::Contains("s3cret"));
  }
}

TEST_CASE("A refused set of headers changes nothing") {
  auto builder = Request::get(url);
  builder.header("a", "1");
  CHECK_THROWS_AS(builder.headers(Headers{{"a", "2"}, {"host", "evil"}}), std::invalid_argument);
  CHECK(builder.build().headers() == Headers{{"a", "1"}});
}

TEST_CASE("A body is refused where HTTP gives it no meaning") {
  CHECK_THROWS_WITH(Request::get(url).body("x"), "body is not allowed for GET requests");
  CHECK_THROWS_WITH(Request::head(url).json(1), "body is not allowed for HEAD requests");
  CHECK(Request::delete_(url).body("x").build().body() == "x");
  CHECK(Request::options(url).body("x").build().body() == "x");
  CHECK_FALSE(Request::get(url).body("").build().body().has_value());
}

TEST_CASE("A body and JSON exclude each other in any order") {
  CHECK_THROWS_WITH(Request::post(url).body("x").json(1), "cannot provide both body and json");
  CHECK_THROWS_WITH(Request::post(url).json(1).body("x"), "cannot provide both body and json");
  CHECK(Request::post(url).body("").json(1).build().body() == "1");
  CHECK(Request::post(url).json(1).body("").build().body() == "1");
  CHECK(Request::post(url).json(1).json(2).build().body() == "2");
  CHECK_FALSE(Request::post(url).body("x").body("").build().body().has_value());
}

TEST_CASE("A body is bytes of any kind") {
  const std::string bytes("a\0\xff\r\n", 5);
  CHECK(Request::post(url).body(bytes).build().body() == bytes);
}

TEST_CASE("JSON brings its content type unless one is given") {
  CHECK(Request::post(url).json(Value::object()).build().headers().get("content-type") ==
        "application/json; encoding=utf-8");
  CHECK(Request::post(url).json(1).header("Content-Type", "text/x").build().headers() ==
        Headers{{"content-type", "text/x"}});
  CHECK_THROWS_AS(Request::post(url).json(std::numeric_limits<double>::infinity()),
                  std::invalid_argument);
}

TEST_CASE("Limits of a request are checked") {
  const Request request = Request::get(url).timeout(1ms).max_redirects(0).build();
  CHECK(request.timeout() == 1ms);
  CHECK(request.max_redirects() == 0);
  CHECK_FALSE(Request::get(url).build().timeout().has_value());
  CHECK_FALSE(Request::get(url).build().max_redirects().has_value());
  CHECK_THROWS_AS(Request::get(url).timeout(0ms), std::invalid_argument);
  CHECK_THROWS_AS(Request::get(url).timeout(-1ms), std::invalid_argument);
  CHECK_THROWS_AS(Request::get(url).timeout(std::chrono::milliseconds::max()),
                  std::invalid_argument);
  CHECK_NOTHROW(Request::get(url).timeout(24h * 365));
  CHECK_THROWS_AS(Request::get(url).max_redirects(-1), std::invalid_argument);
}

TEST_CASE("Requests are equal by content, and copies share it") {
  const Request request = Request::get(url).header("a", "1").build();
  const Request copy = request;
  CHECK(copy == request);
  CHECK(&copy.url() == &request.url());
  CHECK(request == Request::get(url).header("A", "1").build());
  CHECK_FALSE(request == Request::get(url).build());
  CHECK_FALSE(request == Request::get(url).header("a", "1").timeout(1ms).build());
}

}  // namespace async_http_pool
