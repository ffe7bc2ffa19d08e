#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <async_http_pool/request_template.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

struct Row {
  std::string base;
  std::string reference;
  std::string url;
};

RequestTemplate with_base(std::string base) {
  return RequestTemplate({.base_url = std::move(base)});
}

RequestTemplate with_params(Value params) {
  return RequestTemplate({.base_url = "http://x/", .params = std::move(params)});
}

const Value a_b_c = Value::object({{"a", 1}, {"b", Value::array({2, 3})}, {"c", nullptr}});

}  // namespace

TEST_CASE("A reference is resolved against the base of its template") {
  const auto row = GENERATE(values<Row>({
      {"http://h/api/v1", "users", "http://h/api/users"},
      {"http://h/api/v1/", "users", "http://h/api/v1/users"},
      {"http://h/api/v1/", "/users", "http://h/users"},
      {"http://h/api/v1/x", "../users", "http://h/api/users"},
      {"http://h/api/v1/", "https://other:8443/x", "https://other:8443/x"},
      {"http://h/api/v1/", "//h2/z", "http://h2/z"},
      {"https://h/api/v1/", "//h2/z", "https://h2/z"},
      {"http://h/api/v1?k=1", "?q=2", "http://h/api/v1?q=2"},
      {"http://h/api/v1?k=1", "users", "http://h/api/users"},
      {"http://h/api/v1?k=1", "", "http://h/api/v1?k=1"},
      {"http://h/api/v1/", "", "http://h/api/v1/"},
      {"http://h", "users", "http://h/users"},
      {"http://h", "", "http://h"},
      {"HTTP://H:81/A/", "b", "http://h:81/A/b"},
      {"http://h/v1/#old", "", "http://h/v1/"},
      {"http://h/v1/#old", "x", "http://h/v1/x"},
      {"http://h/v1/#a/b/../c?d", "x#new", "http://h/v1/x#new"},
      {"http://h/v1/#", "x", "http://h/v1/x"},
      {"http://h/v1/", "%20x", "http://h/v1/%20x"},
      {"", "http://h/a/../b?c#d", "http://h/a/../b?c#d"},
  }));
  CAPTURE(row.base, row.reference);
  CHECK(with_base(row.base).get(row.reference).build().url() == row.url);
}

TEST_CASE("A reference that leads to no http URL is refused") {
  const RequestTemplate api = with_base("http://h/v1/");
  for (const char* bad : {"a b", " a", "a ", "\xc3\xa9", "a\r\nb", "ftp://h/", "mailto:a", "http:a",
                          "//u:p@h/", "//h:0/", "//", "http://", "a\\b"}) {
    INFO(bad);
    CHECK_THROWS_AS(api.get(bad), std::invalid_argument);
  }
  for (const char* bad : {"", "users", "/users", "//h/", "?a", "#f"}) {
    INFO(bad);
    CHECK_THROWS_AS(with_base("").get(bad), std::invalid_argument);
  }
  CHECK_THROWS_WITH(api.get("a b?token=s3cret"),
                    "url must be free of spaces and of characters that RFC 3986 does not allow, "
                    "got: \"a b?token=***\"");
}

TEST_CASE("A percent sign that begins no escape is refused in a reference") {
  const RequestTemplate api = with_base("http://h/v1/");
  for (const char* bad :
       {"%", "a%", "a%4", "%zz", "%4g/b", "?q=%", "%20%2", "#%x", "http://h/%zz"}) {
    INFO(bad);
    CHECK_THROWS_WITH(api.get(bad), Catch::Matchers::StartsWith(
                                        "url has a % that begins no percent escape, got: "));
  }
  CHECK(api.get("%2525%41?%C3%a9#%0a").build().url() == "http://h/v1/%2525%41?%C3%a9#%0a");
}

TEST_CASE("A colon in the first segment of a relative reference has to be hidden") {
  const RequestTemplate api = with_base("http://h/v1/");
  for (const char* bad : {"users:1", "12:30", "a:b/c", ":", "http:a", "é:"}) {
    INFO(bad);
    CHECK_THROWS_AS(api.get(bad), std::invalid_argument);
  }
  CHECK_THROWS_WITH(api.get("users:1?token=s3cret"),
                    "url must not have a colon in the first segment of a relative reference, write "
                    "./ before it, got: \"users:1?token=***\"");
  CHECK(api.get("./users:1").build().url() == "http://h/v1/users:1");
  CHECK(api.get("/users:1").build().url() == "http://h/users:1");
  CHECK(api.get("a/b:c").build().url() == "http://h/v1/a/b:c");
  CHECK(api.get("?a:b").build().url() == "http://h/v1/?a:b");
  CHECK(api.get("a?b:c#d:e").build().url() == "http://h/v1/a?b:c#d:e");
  CHECK(api.get("//h2:81/a:b").build().url() == "http://h2:81/a:b");
}

TEST_CASE("A base that is no whole http URL is refused when the template is made") {
  for (const char* bad : {"/v1/", "v1", "h/v1", "//h/v1/", "ftp://h/", "mailto:a@b", "http://",
                          "http://u:p@h/", "http://h/a b", "http://h:99999/", "?a", "#f", " "}) {
    INFO(bad);
    CHECK_THROWS_AS(with_base(bad), std::invalid_argument);
  }
  CHECK_THROWS_WITH(with_base("/v1/"),
                    "base_url must be an absolute http or https URL, got: \"/v1/\"");
}

TEST_CASE("A template refuses what a builder refuses") {
  CHECK_THROWS_AS(RequestTemplate({.headers = {{"host", "x"}}}), std::invalid_argument);
  CHECK_THROWS_AS(RequestTemplate({.headers = {{"x-a", "\xff"}}}), std::invalid_argument);
  CHECK_THROWS_AS(RequestTemplate({.params = Value()}), std::invalid_argument);
  CHECK_THROWS_AS(RequestTemplate({.params = Value::array()}), std::invalid_argument);
  CHECK_THROWS_AS(with_params(Value::object({{"a", Value::object()}})), std::invalid_argument);
  CHECK_THROWS_AS(RequestTemplate({.timeout = 0ms}), std::invalid_argument);
  CHECK_THROWS_AS(RequestTemplate({.timeout = 24h * 3651}), std::invalid_argument);
  CHECK_THROWS_AS(with_base("http://h/").builder("CONNECT", ""), std::invalid_argument);
}

TEST_CASE("A template makes requests of every method") {
  const RequestTemplate api = with_base("http://h/");
  CHECK(api.get("a").build().method() == "GET");
  CHECK(api.head("a").build().method() == "HEAD");
  CHECK(api.post("a").build().method() == "POST");
  CHECK(api.put("a").build().method() == "PUT");
  CHECK(api.patch("a").build().method() == "PATCH");
  CHECK(api.delete_("a").build().method() == "DELETE");
  CHECK(api.options("a").build().method() == "OPTIONS");
  CHECK(api.builder("propfind", "a").build().method() == "propfind");
  CHECK(api.get("a").build() == Request::get("http://h/a").timeout(30s).build());
}

TEST_CASE("Headers of a request win over those of its template, whatever their case") {
  const RequestTemplate api(
      {.base_url = "http://h/",
       .headers = {{"Authorization", "template"}, {"X-Both", "template"}, {"x-keep", "template"}}});
  const Request by_header = api.get("").header("x-BOTH", "request").header("X-New", "1").build();
  CHECK(by_header.headers() == Headers{{"authorization", "template"},
                                       {"x-both", "request"},
                                       {"x-keep", "template"},
                                       {"x-new", "1"}});
  Headers several;
  several.add("X-Both", "one");
  several.add("x-both", "two");
  several.add("AUTHORIZATION", "request");
  const Request by_headers = api.get("").headers(several).build();
  CHECK(by_headers.headers().get_all("x-both") == std::vector<std::string_view>{"one", "two"});
  CHECK(by_headers.headers().get_all("authorization") == std::vector<std::string_view>{"request"});
  CHECK(by_headers.headers().get("x-keep") == "template");
  CHECK(by_headers.headers().size() == 4);

  const RequestTemplate typed({.base_url = "http://h/", .headers = {{"Content-Type", "text/x"}}});
  CHECK(typed.post("").json(1).build().headers() == Headers{{"content-type", "text/x"}});
}

TEST_CASE("Requests do not change their template") {
  const RequestTemplate api(
      {.base_url = "http://h/", .headers = {{"a", "1"}}, .params = Value::object({{"p", 1}})});
  const Request before = api.get("x").build();
  static_cast<void>(api.post("x")
                        .header("a", "2")
                        .header("b", "leak")
                        .param("p", "2")
                        .param("q", "leak")
                        .timeout(1ms)
                        .max_redirects(0)
                        .body("x")
                        .build());
  CHECK(api.get("x").build() == before);
  const RequestTemplate copy = api;
  CHECK(copy.get("x").build() == before);
  CHECK(before == Request::get("http://h/x?p=1").header("a", "1").timeout(30s).build());
}

TEST_CASE("Parameters of a template go behind the query of the URL, before its fragment") {
  CHECK(with_params(a_b_c).get("p").build().url() == "http://x/p?a=1&b=2&b=3&c");
  CHECK(with_params(a_b_c).get("p?a=0#f").build().url() == "http://x/p?a=0&a=1&b=2&b=3&c#f");
  CHECK(with_params(Value::object()).get("p?").build().url() == "http://x/p?");
  CHECK(with_params(Value::object({{"a", Value::array()}})).get("p").build().url() == "http://x/p");
}

TEST_CASE("Parameters of a request take the places of all of the same name in its template") {
  const auto get = [] { return with_params(a_b_c).get("p"); };
  CHECK(get().param("b", "x").build().url() == "http://x/p?a=1&b=x&c");
  CHECK(get().param("b", "x").param("b", "y").build().url() == "http://x/p?a=1&b=x&b=y&c");
  CHECK(get().param("d", "x").param("c", "y").param("d", "z").build().url() ==
        "http://x/p?a=1&b=2&b=3&c=y&d=x&d=z");
  CHECK(get().params(Value::object({{"c", Value::array({7, 8})}, {"a", nullptr}})).build().url() ==
        "http://x/p?a&b=2&b=3&c=7&c=8");
  CHECK(get().params(Value::object({{"a", 5}})).param("a", "6").build().url() ==
        "http://x/p?a=5&a=6&b=2&b=3&c");
  CHECK(get().param("B", "x").build().url() == "http://x/p?a=1&b=2&b=3&c&B=x");
  CHECK(get().param("a", "").build().url() == "http://x/p?a=&b=2&b=3&c");
  CHECK(get().params(Value::object()).build().url() == "http://x/p?a=1&b=2&b=3&c");
}

TEST_CASE("A parameter without name and value keeps its place in a template") {
  const RequestTemplate api = with_params(Value::object({{"", nullptr}, {"a", 1}}));
  CHECK(api.get("p").build().url() == "http://x/p?&a=1");
  CHECK(api.get("p").params(Value::object({{"", Value::array()}})).build().url() ==
        "http://x/p?a=1");
}

TEST_CASE("An empty array takes a parameter of the template away") {
  const Value none = Value::array();
  const auto get = [] { return with_params(a_b_c).get("p"); };
  CHECK(get().params(Value::object({{"a", none}})).build().url() == "http://x/p?b=2&b=3&c");
  CHECK(get().params(Value::object({{"b", none}})).build().url() == "http://x/p?a=1&c");
  CHECK(get().params(Value::object({{"c", none}})).build().url() == "http://x/p?a=1&b=2&b=3");
  CHECK(get().params(Value::object({{"a", none}, {"b", none}, {"c", none}})).build().url() ==
        "http://x/p");
}

TEST_CASE("Refused parameters leave those of the template as they were") {
  RequestBuilder builder = with_params(a_b_c).get("p");
  CHECK_THROWS_AS(builder.params(Value::object({{"a", 2}, {"b", Value::object()}})),
                  std::invalid_argument);
  CHECK(builder.build().url() == "http://x/p?a=1&b=2&b=3&c");
}

TEST_CASE("A name that a template gives twice has one place") {
  const RequestTemplate api = with_params(Value::object({{"a", 1}, {"b", 2}, {"a", 3}}));
  CHECK(api.get("p").build().url() == "http://x/p?a=1&a=3&b=2");
  CHECK(api.get("p").param("a", "x").build().url() == "http://x/p?a=x&b=2");
}

TEST_CASE("The time limit of a template is 30 seconds unless it says otherwise") {
  CHECK(RequestTemplate({}).get("http://h/").build().timeout() == 30s);
  CHECK(RequestTemplate({.timeout = 5s}).get("http://h/").build().timeout() == 5s);
  CHECK_FALSE(RequestTemplate({.timeout = {}}).get("http://h/").build().timeout().has_value());
  CHECK(RequestTemplate({.timeout = 5s}).get("http://h/").timeout(7s).build().timeout() == 7s);
}

TEST_CASE("A template serves many threads at once") {
  const RequestTemplate api({.base_url = "http://h/v1/",
                             .headers = {{"a", "1"}},
                             .params = Value::object({{"p", 1}, {"q", 2}})});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&api, &wrong, copy = api, id = std::to_string(thread)] {
      for (int round = 0; round < 200; ++round) {
        const RequestTemplate& used = round % 2 == 0 ? api : copy;
        const Request request = used.post("users").param("p", id).header("a", id).build();
        if (request.url() != "http://h/v1/users?p=" + id + "&q=2") ++wrong;
        if (request.headers() != Headers{{"a", id}}) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace async_http_pool
