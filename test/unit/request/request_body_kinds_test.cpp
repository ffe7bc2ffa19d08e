#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/request.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr const char* url = "http://example.com/p";

Multipart one_part() { return Multipart().add_field("a", "1"); }

std::shared_ptr<BodySource> empty_source() {
  return make_body_source([](std::span<char>) { return std::size_t{0}; });
}

using Setter = std::function<void(RequestBuilder&)>;

/// In the order in which messages name them.
std::vector<std::pair<std::string, Setter>> setters() {
  return {{"body", [](RequestBuilder& builder) { builder.body("x"); }},
          {"json", [](RequestBuilder& builder) { builder.json(1); }},
          {"body_file", [](RequestBuilder& builder) { builder.body_file("/x"); }},
          {"form",
           [](RequestBuilder& builder) {
             builder.form(Value::object({{"a", 1}}));
           }},
          {"multipart", [](RequestBuilder& builder) { builder.multipart(one_part()); }},
          {"body_source", [](RequestBuilder& builder) { builder.body_source(empty_source()); }}};
}

}  // namespace

TEST_CASE("a request has one kind of body, in whatever order they are given") {
  const auto kinds = setters();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    for (std::size_t j = 0; j < kinds.size(); ++j) {
      INFO(kinds[i].first << " then " << kinds[j].first);
      RequestBuilder builder = Request::post(url);
      kinds[i].second(builder);
      if (i == j) {
        CHECK_NOTHROW(kinds[j].second(builder));  // instead of the first
      } else {
        CHECK_THROWS_WITH(kinds[j].second(builder), "cannot provide both " +
                                                        kinds[std::min(i, j)].first + " and " +
                                                        kinds[std::max(i, j)].first);
      }
      const Request request = builder.build();
      CHECK(int{request.body().has_value()} + int{request.body_file().has_value()} +
                int{request.multipart().has_value()} + int{request.body_source() != nullptr} ==
            1);
    }
  }
}

TEST_CASE("no kind of body is allowed where HTTP gives it no meaning") {
  for (const auto& [name, set] : setters()) {
    INFO(name);
    RequestBuilder get = Request::get(url);
    CHECK_THROWS_WITH(set(get), "body is not allowed for GET requests");
    RequestBuilder head = Request::head(url);
    CHECK_THROWS_WITH(set(head), "body is not allowed for HEAD requests");
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOOBAR"}) {
      RequestBuilder builder = Request::builder(method, url);
      CHECK_NOTHROW(set(builder));
    }
  }
}

TEST_CASE("an empty body takes away none of another kind") {
  CHECK(Request::post(url).body_file("/x").body("").build().body_file() == "/x");
  CHECK(Request::post(url).body("").multipart(one_part()).build().multipart() == one_part());
  CHECK_NOTHROW(Request::post(url).body("x").body("").body_file("/x"));
}

TEST_CASE("a form is encoded as parameters are, and brings its content type unless one is given") {
  const Value object =
      Value::object({{"a b", "c&d=é"}, {"n", Value::array({1, 2.5, true})}, {"bare", nullptr}});
  const Request request = Request::post(url).form(object).build();
  CHECK(request.body() == "a+b=c%26d%3D%C3%A9&n=1&n=2.5&n=true&bare");
  CHECK(request.headers() == Headers{{"content-type", "application/x-www-form-urlencoded"}});
  CHECK(Request::post(url).form(object).header("Content-Type", "x/y").build().headers() ==
        Headers{{"content-type", "x/y"}});
  const Request empty = Request::post(url).form(object).form(Value::object()).build();
  CHECK_FALSE(empty.body().has_value());
  CHECK(empty.headers().contains("content-type"));
  CHECK_FALSE(Request::post(url).form(Value::object({{"", nullptr}})).build().body().has_value());
  CHECK_THROWS_WITH(Request::post(url).form(Value::array({1})), "form must be an object");
  CHECK_THROWS_AS(Request::post(url).form(Value::object({{"a", Value::object()}})),
                  std::invalid_argument);
}

TEST_CASE("the content type of a multipart body is nobody else's to set") {
  for (const char* name : {"content-type", "Content-Type"}) {
    RequestBuilder builder = Request::post(url);
    builder.header(name, "multipart/form-data; boundary=x").multipart(one_part());
    CHECK_THROWS_WITH(builder.build(), "content-type of a multipart body is set by the library");
  }
  CHECK_THROWS_WITH(Request::post(url).multipart(Multipart()), "multipart body has no parts");
}

TEST_CASE("the path of a body must be one") {
  CHECK_THROWS_AS(Request::post(url).body_file(""), std::invalid_argument);
  CHECK_THROWS_AS(Request::post(url).body_file(std::string("a\0b", 3)), std::invalid_argument);
  CHECK_THROWS_AS(Request::post(url).body_file("\xff"), std::invalid_argument);
  CHECK_FALSE(Request::post(url).body_file("/x").build().headers().contains("content-type"));
}

TEST_CASE("requests are equal only with the same body") {
  const Request file = Request::post(url).body_file("/x").build();
  const Request parts = Request::post(url).multipart(one_part()).build();
  CHECK(file == Request::post(url).body_file("/x").build());
  CHECK_FALSE(file == Request::post(url).body_file("/y").build());
  CHECK_FALSE(file == Request::post(url).build());
  CHECK(parts == Request::post(url).multipart(one_part()).build());
  CHECK_FALSE(parts == Request::post(url).multipart(one_part().add_field("b", "")).build());
  CHECK_FALSE(parts == file);
  const auto source = empty_source();
  const Request streamed = Request::post(url).body_source(source).build();
  CHECK(streamed == Request::post(url).body_source(source).build());
  CHECK_FALSE(streamed == Request::post(url).body_source(empty_source()).build());
  CHECK_FALSE(streamed == Request::post(url).build());
}

TEST_CASE("a body source is shared, and there is one") {
  const auto source = empty_source();
  const Request request =
      Request::post(url).body_source(empty_source()).body_source(source).build();
  CHECK(request.body_source() == source);
  CHECK(Request(request).body_source() == source);
  CHECK(request.headers().empty());
  RequestBuilder builder = Request::post(url);
  CHECK_THROWS_WITH(builder.body_source(nullptr), "body_source is null");
  CHECK_NOTHROW(builder.body("x"));  // a refused one has left no trace
  CHECK(builder.build().body_source() == nullptr);
}

TEST_CASE("bytes that are given away are not copied") {
  std::string bytes(1000, 'x');
  const char* const place = bytes.data();
  RequestBuilder builder = Request::post(url);
  const Request request = builder.body(std::move(bytes)).build();
  CHECK(request.body() == std::string(1000, 'x'));
  CHECK(request.body()->data() == place);
  CHECK(builder.build().body()->data() == place);
  CHECK(builder.body("x").build().body() == "x");
  CHECK(request.body()->size() == 1000);  // not the builder's any more
  std::string kept(1000, 'y');
  CHECK(Request::post(url).body(kept).build().body() == kept);
  CHECK(kept.size() == 1000);
  CHECK(Request::post(url).body("text").build().body() == "text");
  CHECK(Request::post(url).body(std::string_view("a\0b", 3)).build().body()->size() == 3);
  CHECK_FALSE(Request::post(url).body("x").body(std::string()).build().body().has_value());
}

}  // namespace async_http_pool
