#include <string>

#include <async_http_pool/error.hpp>
#include <async_http_pool/value.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

std::string class_name_of(ErrorType type) {
  const RequestError error(type, ErrorCode::none, "m", {});
  return Value::from_json(error.to_json()).find("class_name")->as_string();
}

}  // namespace

TEST_CASE("A request error is written with all its members in order") {
  const RequestError error(ErrorType::timeout, ErrorCode::request_timeout, "too late",
                           {"https://x/?token=t", "PURGE", "r-1", 60000123us, {{"k", 1}}});
  CHECK(
      error.to_json() ==
      R"({"class_name":"AsyncHttpPool::TimeoutError","message":"too late","backtrace":[],"request_id":"r-1",)"
      R"("error_type":"timeout","duration":60.000123,"url":"https://x/?token=t","http_method":"PURGE",)"
      R"("callback_args":{"k":1},"code":"request_timeout"})");
}

TEST_CASE("The class name of a request error follows its type") {
  CHECK(class_name_of(ErrorType::timeout) == "AsyncHttpPool::TimeoutError");
  CHECK(class_name_of(ErrorType::connection) == "AsyncHttpPool::ConnectionError");
  CHECK(class_name_of(ErrorType::ssl) == "AsyncHttpPool::SslError");
  CHECK(class_name_of(ErrorType::response_too_large) == "AsyncHttpPool::ResponseTooLargeError");
  CHECK(class_name_of(ErrorType::unknown) == "AsyncHttpPool::UnknownError");
}

TEST_CASE("What a peer sends never keeps an outcome from being written") {
  ResponseParts parts;
  parts.status = 200;
  parts.headers.add("x-name", "\xe9t\xe9");
  parts.headers.add("set-cookie", "a=1");
  parts.headers.add("set-cookie", "b=\xff");
  parts.headers.add("content-type", "text/html; charset=\xff");
  parts.body = "\xff";
  parts.url = "http://x/\xe9";
  parts.request_id = "\xe9";
  parts.redirects = {"http://x/\xff"};
  const Value response = Value::from_json(Response(parts).to_json());
  CHECK(*response.find("headers") == Value::object({{"x-name", "été"},
                                                    {"set-cookie", "a=1\nb=ÿ"},
                                                    {"content-type", "text/html; charset=ÿ"}}));
  CHECK(*response.find("redirects") == Value::array({"http://x/ÿ"}));
  CHECK(*response.find("url") == Value("http://x/é"));
  const RequestError error(ErrorType::unknown, ErrorCode::internal, "bad \xff",
                           {"\xff", "GET", "", 0ns, {}});
  CHECK(*Value::from_json(error.to_json()).find("message") == Value("bad ÿ"));
  CHECK_NOTHROW(
      Value::from_json(TooManyRedirectsError({"\xff", "GET", "", 0ns, {}}, {"\xfe"}).to_json()));
}

}  // namespace async_http_pool
