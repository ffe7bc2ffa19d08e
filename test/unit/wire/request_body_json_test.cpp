#include <string>
#include <vector>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Catch::Matchers::Contains;

constexpr const char* url = "http://x/";

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

std::string with(std::string_view members) {
  return R"({"http_method":"post","url":"http://x/",)" + std::string(members) + "}";
}

std::string with_parts(std::string_view parts) {
  return with(R"("multipart":)" + std::string(parts));
}

}  // namespace

TEST_CASE("A file as a body is written by its path") {
  CHECK(Request::put(url).body_file("dir/ä b").build().to_json() ==
        R"({"http_method":"put","url":"http://x/","headers":{},"body":null,)"
        R"("body_file":"dir/ä b","timeout":null,"max_redirects":null})");
}

TEST_CASE("A multipart body is written part by part, text as text") {
  const Multipart parts = Multipart()
                              .add_field("a", "é\"")
                              .add_bytes("b", "\xff", "b.bin")
                              .add_bytes("c", "{}", "", "application/json")
                              .add_file("d", "dir/d.txt", "", "text/plain");
  CHECK_THAT(Request::post(url).multipart(parts).build().to_json(),
             Contains(R"("body":null,"multipart":[{"name":"a","value":"é\""},)"
                      R"({"name":"b","value":{"encoding":"binary","value":"/w==",)"
                      R"("charset":"ASCII-8BIT"},"file_name":"b.bin",)"
                      R"("content_type":"application/octet-stream"},)"
                      R"({"name":"c","value":"{}","content_type":"application/json"},)"
                      R"({"name":"d","file":"dir/d.txt","file_name":"d.txt",)"
                      R"("content_type":"text/plain"}],"timeout":null)"));
}

TEST_CASE("Bodies of every kind survive being written and read") {
  const std::string large(9000, '\xe9');
  const Multipart parts = Multipart()
                              .add_field("a", all_bytes())
                              .add_field("a", "")
                              .add_field("ü\"", large)
                              .add_bytes("b", large, "", "text/plain; charset=iso-8859-1")
                              .add_bytes("b", std::string(9000, 'x'), "x", "text/plain")
                              .add_file("c", "relative", "f\"ü", "a/b");
  for (const Request& request : {Request::post(url).multipart(parts).build(),
                                 Request::delete_(url).body_file("dir/x").build(),
                                 Request::post(url).form(Value::object({{"a", "b"}})).build(),
                                 Request::post(url).form(Value::object()).build()}) {
    INFO(request.to_json());
    CHECK(Request::from_json(request.to_json()) == request);
  }
}

TEST_CASE("A multipart body may say less than is written") {
  const Multipart parts =
      *Request::from_json(
           with_parts(R"([{"name":"a","value":"1"},{"name":"b","file":"/dir/b.txt"},)"
                      R"({"name":"c","value":"3","file_name":"c.txt","x":1},)"
                      R"({"name":"d","value":"4","file":null,"file_name":null}])"))
           .multipart();
  CHECK(parts == Multipart()
                     .add_field("a", "1")
                     .add_file("b", "/dir/b.txt")
                     .add_bytes("c", "3", "c.txt")
                     .add_field("d", "4"));
}

TEST_CASE("A body that could not be built cannot be read") {
  for (const std::string& text :
       {with(R"("body_file":1)"),
        with(R"("body_file":"")"),
        with(R"("body_file":{})"),
        with(R"("body_file":"a\u0000b")"),
        with(R"("body":"x","body_file":"/x")"),
        with_parts("1"),
        with_parts("{}"),
        with_parts("[]"),
        with_parts("[1]"),
        with_parts("[null]"),
        with_parts("[{}]"),
        with_parts(R"([{"name":"a"}])"),
        with_parts(R"([{"value":"a"}])"),
        with_parts(R"([{"name":"","value":"a"}])"),
        with_parts(R"([{"name":1,"value":"a"}])"),
        with_parts(R"([{"name":"a","value":1}])"),
        with_parts(R"([{"name":"a","value":"b","file":"/c"}])"),
        with_parts(R"([{"name":"a","file":""}])"),
        with_parts(R"([{"name":"a","file":"/d/"}])"),
        with_parts(R"([{"name":"a\r\nb","value":""}])"),
        with_parts(R"([{"name":"a","value":"","content_type":"nonsense"}])"),
        with_parts(R"([{"name":"a","value":{"encoding":"binary","value":"?"}}])"),
        with_parts(R"([{"name":"a","value":"1"}],"body":"x")"),
        with_parts(R"([{"name":"a","value":"1"}],"body_file":"/x")"),
        with_parts(R"([{"name":"a","value":"1"}],"headers":{"content-type":"x/y"})")}) {
    INFO(text);
    CHECK_THROWS_AS(Request::from_json(text), ParseError);
  }
  CHECK_THROWS_WITH(Request::from_json(with_parts(R"([{"name":"a","value":"1"},{"name":""}])")),
                    Contains("request.multipart[1].value: is missing"));
}

TEST_CASE("The parts of a body together are limited as a body is") {
  ParseLimits limits;
  limits.body_bytes_max = 10;
  const auto two = [](const std::string& first, const std::string& second) {
    return with_parts(R"([{"name":"a","value":")" + first + R"("},{"name":"b","value":")" + second +
                      R"("}])");
  };
  CHECK_NOTHROW(Request::from_json(two("12345", "67890"), limits));
  CHECK_THROWS_AS(Request::from_json(two("12345", "678901"), limits), ParseError);
  CHECK_THROWS_AS(Request::from_json(two("12345678901", ""), limits), ParseError);
}

TEST_CASE("Options that exclude each other cannot be read") {
  CHECK_THROWS_AS(
      Request::from_json(with(R"("config":{"bearer_token":"t","username":"u","password":"p"})")),
      ParseError);
}

}  // namespace async_http_pool
