#include <string>
#include <vector>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr const char* url = "http://x/p?a=1#f";

Request full_request() {
  return Request::put(url)
      .header("X-A", "é")
      .header("content-type", "text/plain")
      .body("b\"ody é")
      .timeout(12500ms)
      .max_redirects(3)
      .build();
}

std::string with(std::string_view members) {
  return R"({"http_method":"post","url":"http://x/")" + std::string(members) + "}";
}

}  // namespace

TEST_CASE("A request is written with all its members in order") {
  CHECK(
      full_request().to_json() ==
      R"({"http_method":"put","url":"http://x/p?a=1#f","headers":{"x-a":"é","content-type":"text/plain"},)"
      R"("body":"b\"ody é","timeout":12.5,"max_redirects":3})");
  CHECK(
      Request::get("http://x/").build().to_json() ==
      R"({"http_method":"get","url":"http://x/","headers":{},"body":null,"timeout":null,"max_redirects":null})");
}

TEST_CASE("Requests survive being written and read") {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  const std::vector<Request> requests = {
      full_request(),
      Request::get(url).build(),
      Request::head("https://[::1]:8443/%20?q=%ff").build(),
      Request::post(url).json(Value::object({{"name", "Jöhn"}})).build(),
      Request::post(url).body(all_bytes).build(),
      Request::post(url)
          .body(all_bytes)
          .header("content-type", "text/html; charset=iso-8859-1")
          .build(),
      Request::post(url)
          .body(std::string(9000, '\xe9'))
          .header("content-type", "text/html")
          .build(),
      Request::post(url).body(std::string(9000, 'a')).build(),
      Request::post(url).body(std::string("\0", 1)).build(),
      Request::delete_(url).body("x").timeout(1ms).max_redirects(0).build(),
      Request::builder("PURGE", url).build(),
      Request::builder("purge", url).build(),
      Request::get(url).timeout(24h * 365).max_redirects(2147483647).build(),
      Request::get(url).timeout(86399999ms).build()};
  for (const Request& request : requests) {
    INFO(request.to_json());
    CHECK(Request::from_json(request.to_json()) == request);
  }
}

TEST_CASE("A body that is no UTF-8 is written as an object") {
  const std::string json = Request::post("http://x/").body("\xff").build().to_json();
  CHECK_THAT(json, Catch::Matchers::Contains(
                       R"("body":{"encoding":"binary","value":"/w==","charset":"ASCII-8BIT"})"));
}

TEST_CASE("Members may be missing, null or unknown, and of two the last counts") {
  const Request bare = Request::post("http://x/").build();
  CHECK(Request::from_json(with("")) == bare);
  CHECK(Request::from_json(with(
            R"(,"headers":null,"body":null,"timeout":null,"max_redirects":null,"id":7)")) == bare);
  CHECK(Request::from_json(with(R"(,"body":"")")) == bare);
  CHECK(Request::from_json(with(R"(,"body":{"encoding":"text","value":null,"charset":null})")) ==
        bare);
  CHECK(Request::from_json(with(R"(,"timeout":1,"timeout":2)")).timeout() == 2s);
  CHECK(Request::from_json(with(R"(,"headers":{"A":"1","a":"2"})")).headers() ==
        Headers{{"a", "2"}});
  CHECK(Request::from_json(with(R"(,"timeout":0.0014)")).timeout() == 1ms);
}

TEST_CASE("Headers may be any scalar, or several") {
  const Request request = Request::from_json(
      with(R"(,"headers":{"x-int":7,"x-double":2.0,"x-bool":true,"x-null":null,"x-last":"a",)"
           R"("x-many":["a",1,null,false],"x-none":[],"X-Last":null})"));
  Headers wanted{{"x-int", "7"}, {"x-double", "2.0"}, {"x-bool", "true"}};
  for (const char* value : {"a", "1", "false"}) wanted.add("x-many", value);
  CHECK(request.headers() == wanted);
}

TEST_CASE("Headers that are the library's are read over") {
  const Request request = Request::from_json(with(
      R"(,"headers":{"Host":"y","x-a":"1","CONTENT-LENGTH":5,"connection":["a","b"],"te":null,)"
      R"("transfer-encoding":"chunked","expect":"x","upgrade":"h2c","trailer":"x",)"
      R"("keep-alive":"1","proxy-connection":"close","hosts":"2"})"));
  CHECK(request.headers() == Headers{{"x-a", "1"}, {"hosts", "2"}});
}

TEST_CASE("A document that is no request is refused as unreadable") {
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"http_method":"get"})"), std::string(R"({"url":"http://x/"})"),
        std::string(R"({"http_method":1,"url":"http://x/"})"),
        std::string(R"({"http_method":"get","url":null})"), with(R"(,"headers":[])"),
        with(R"(,"headers":{"a":{}})"), with(R"(,"headers":{"a":[[]]})"), with(R"(,"body":1)"),
        with(R"(,"body":[])"), with(R"(,"timeout":"5")"), with(R"(,"timeout":true)"),
        with(R"(,"max_redirects":1.0)"), with(R"(,"max_redirects":"1")"), with(",")}) {
    INFO(text);
    CHECK_THROWS_AS(Request::from_json(text), ParseError);
  }
}

TEST_CASE("A document with refused values is refused") {
  for (const std::string& text :
       {std::string(R"({"http_method":"get","url":"ftp://x/"})"),
        std::string(R"({"http_method":"get","url":""})"),
        std::string(R"({"http_method":"","url":"http://x/"})"),
        std::string(R"({"http_method":"connect","url":"http://x/"})"),
        std::string(R"({"http_method":"get","url":"http://x/","body":"x"})"),
        with(R"(,"headers":{"a":"x\r\ny: z"})"),
        with(R"(,"headers":{"a":"\u0000"})"),
        with(R"(,"headers":{"a b":"x"})"),
        with(R"(,"timeout":0)"),
        with(R"(,"timeout":-1)"),
        with(R"(,"timeout":0.0001)"),
        with(R"(,"timeout":1e300)"),
        with(R"(,"timeout":-1e300)"),
        with(R"(,"timeout":9223372036854775807)"),
        with(R"(,"max_redirects":-1)"),
        with(R"(,"max_redirects":2147483648)"),
        with(R"(,"body":{})"),
        with(R"(,"body":{"encoding":"x","value":"y"})"),
        with(R"(,"body":{"encoding":"binary","value":"!"})"),
        with(R"(,"body":{"encoding":"gzipped","value":"AAAA"})")}) {
    INFO(text);
    CHECK_THROWS_AS(Request::from_json(text), ParseError);
  }
}

TEST_CASE("No beginning of a request is taken for a whole one") {
  for (const Request& request : {full_request(), Request::post(url).body("\xff\xfe").build()}) {
    const std::string text = request.to_json();
    for (std::size_t length = 0; length < text.size(); ++length) {
      INFO(length);
      CHECK_THROWS_AS(Request::from_json(std::string_view(text).substr(0, length)), ParseError);
    }
  }
}

TEST_CASE("Fields that stand several times are joined") {
  Headers headers;
  headers.add("accept", "a");
  headers.add("x", "y");
  headers.add("accept", "b");
  CHECK_THAT(Request::get("http://x/").headers(headers).build().to_json(),
             Catch::Matchers::Contains(R"("headers":{"accept":"a, b","x":"y"})"));
}

}  // namespace async_http_pool
