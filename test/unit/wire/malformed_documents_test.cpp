#include <memory>
#include <string>
#include <vector>

#include <async_http_pool/error.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// A document that is fine but for some members: those of `changes` replace or join its own; a
/// null member of `removed` goes.
std::string changed(Value::Object members, const Value::Object& changes) {
  for (const auto& change : changes) members.push_back(change);
  return Value(std::move(members)).to_json();
}

std::string response_with(const Value::Object& changes) {
  return changed(
      {{"status", 200}, {"headers", Value::object()}, {"url", "http://x/"}, {"http_method", "get"}},
      changes);
}

std::string request_with(const Value::Object& changes) {
  return changed({{"http_method", "post"}, {"url", "http://x/"}}, changes);
}

std::string error_with(const Value::Object& changes) {
  return changed({{"class_name", "X"},
                  {"error_type", "timeout"},
                  {"url", "http://x/"},
                  {"http_method", "get"}},
                 changes);
}

template <typename Read>
std::string refusal(const std::string& text, Read read) {
  try {
    static_cast<void>(read(text));
  } catch (const ParseError& error) {
    CHECK(error.offset() == text.size());
    return error.what();
  }
  return "(was read)";
}

std::string response_refusal(const Value::Object& changes) {
  return refusal(response_with(changes),
                 [](const auto& text) { return Response::from_json(text); });
}

std::string request_refusal(const Value::Object& changes) {
  return refusal(request_with(changes), [](const auto& text) { return Request::from_json(text); });
}

std::string error_refusal(const Value::Object& changes) {
  return refusal(error_with(changes), [](const auto& text) { return Error::from_json(text); });
}

Value payload(const char* encoding, const Value& value) {
  return Value::object({{"encoding", encoding}, {"value", value}, {"charset", "UTF-8"}});
}

struct Case {
  Value::Object changes;
  std::string message;
};

}  // namespace

TEST_CASE("What is wrong with a response is told with its place") {
  const std::vector<Case> cases = {
      {{{"status", nullptr}}, "response.status: is missing"},
      {{{"status", "200"}}, "response.status: value must be an integer, got: a string"},
      {{{"status", 200.0}}, "response.status: value must be an integer, got: a double"},
      {{{"status", -1}}, "response.status: must be between 0 and 999, got: -1"},
      {{{"status", 1000}}, "response.status: must be between 0 and 999, got: 1000"},
      {{{"status", 4294967496}}, "response.status: is out of range, got: 4294967496"},
      {{{"headers", nullptr}}, "response.headers: is missing"},
      {{{"headers", Value::array()}}, "response.headers: value must be an object, got: an array"},
      {{{"headers", Value::object({{"a", Value::object()}})}},
       "response.headers[\"a\"]: value must be a string, got: an object"},
      {{{"headers", Value::object({{"a", Value::array({"x", Value::array()})}})}},
       "response.headers[\"a\"]: value must be a string, got: an array"},
      {{{"headers", Value::object({{"a b", "x"}})}},
       "response.headers[\"a b\"]: header name must be a token, got: \"a b\""},
      {{{"headers", Value::object({{"a", "x\ny"}})}},
       "response.headers[\"a\"]: header value must be free of CR, LF and NUL, got one that is not "
       "for: \"a\""},
      {{{"headers", Value::object({{"set-cookie", "a=1\r\nb=2"}})}},
       "response.headers[\"set-cookie\"]: header value must be free of CR, LF and NUL, got one "
       "that is not for: \"set-cookie\""},
      {{{"body", "text"}}, "response.body: value must be an object, got: a string"},
      {{{"body", Value::object()}}, "response.body.encoding: is missing"},
      {{{"body", Value::object({{"encoding", "text"}})}}, "response.body.value: is missing"},
      {{{"body", payload("zip", "x")}},
       "response.body.encoding: must be \"text\", \"binary\" or \"gzipped\", got: \"zip\""},
      {{{"body", payload("text", 5)}},
       "response.body.value: value must be a string, got: an integer"},
      {{{"body", payload("binary", "!")}}, "response.body.value: invalid base64"},
      {{{"body", payload("gzipped", "!")}}, "response.body.value: invalid base64"},
      {{{"body", payload("gzipped", "AAAA")}}, "response.body.value: invalid deflated data"},
      {{{"body", Value::object({{"encoding", "text"}, {"value", "x"}, {"charset", 8}})}},
       "response.body.charset: value must be a string, got: an integer"},
      {{{"duration", "1"}}, "response.duration: value must be a double, got: a string"},
      {{{"duration", -0.5}},
       "response.duration: must be between 0 and 9223372036 seconds, got: -0.5"},
      {{{"duration", 9223372037}},
       "response.duration: must be between 0 and 9223372036 seconds, got: 9223372037"},
      {{{"duration", 1e300}},
       "response.duration: must be between 0 and 9223372036 seconds, got: 1e+300"},
      {{{"request_id", 7}}, "response.request_id: value must be a string, got: an integer"},
      {{{"url", nullptr}}, "response.url: is missing"},
      {{{"url", true}}, "response.url: value must be a string, got: a bool"},
      {{{"http_method", nullptr}}, "response.http_method: is missing"},
      {{{"http_method", "a b"}},
       "response.http_method: http_method must be a token other than CONNECT and TRACE, got: "
       "\"a b\""},
      {{{"http_method", 1}}, "response.http_method: value must be a string, got: an integer"},
      {{{"http_method", ":"}},
       "response.http_method: http_method must be a token other than CONNECT and TRACE, got: "
       "\"\""},
      {{{"callback_args", Value::array()}},
       "response.callback_args: callback_args: must be an object"},
      {{{"redirects", "http://x/"}}, "response.redirects: value must be an array, got: a string"},
      {{{"redirects", Value::array({"http://x/", nullptr})}},
       "response.redirects[1]: value must be a string, got: null"}};
  for (const Case& c : cases) CHECK(response_refusal(c.changes) == c.message);
}

TEST_CASE("What is wrong with a request is told with its place") {
  const std::vector<Case> cases = {
      {{{"http_method", nullptr}}, "request.http_method: is missing"},
      {{{"http_method", "connect"}},
       "request.http_method: http_method must be a token other than CONNECT and TRACE, got: "
       "\"connect\""},
      {{{"url", ""}}, "request.url: url must be an absolute http or https URL, got: \"\""},
      {{{"headers", Value::object({{"host", "x\ny"}})}},
       "request.headers[\"host\"]: header value must be free of CR, LF and NUL, got one that is "
       "not "
       "for: \"host\""},
      {{{"headers", Value::object({{"a", Value::object()}})}},
       "request.headers[\"a\"]: value must be a string, got: an object"},
      {{{"http_method", ""}},
       "request.http_method: http_method must be a token other than CONNECT and TRACE, got: \"\""},
      {{{"body", 1}}, "request.body: must be a string or an object"},
      {{{"body", payload("binary", "a")}}, "request.body.value: invalid base64"},
      {{{"http_method", "get"}, {"body", "x"}},
       "request.body: body is not allowed for GET requests"},
      {{{"timeout", "5"}}, "request.timeout: value must be a double, got: a string"},
      {{{"timeout", 0}}, "request.timeout: timeout must be between 1 ms and ten years, got: 0 ms"},
      {{{"timeout", 1e300}}, "request.timeout: is out of range, got: 1e+300 s"},
      {{{"max_redirects", 1.5}}, "request.max_redirects: value must be an integer, got: a double"},
      {{{"max_redirects", -1}},
       "request.max_redirects: max_redirects must not be negative, got: -1"},
      {{{"max_redirects", 2147483648}}, "request.max_redirects: is out of range, got: 2147483648"}};
  for (const Case& c : cases) CHECK(request_refusal(c.changes) == c.message);
}

TEST_CASE("What is wrong with an error is told with its place") {
  const std::vector<Case> cases = {
      {{{"class_name", nullptr}}, "error.class_name: is missing"},
      {{{"error_type", nullptr}}, "error.error_type: is missing"},
      {{{"error_type", "http_error"}}, "error.error_type: is not known, got: \"http_error\""},
      {{{"error_type", "new"}}, "error.error_type: is not known, got: \"new\""},
      {{{"message", 1}}, "error.message: value must be a string, got: an integer"},
      {{{"backtrace", "x"}}, "error.backtrace: value must be an array, got: a string"},
      {{{"code", 1}}, "error.code: value must be a string, got: an integer"},
      {{{"url", nullptr}}, "error.url: is missing"},
      {{{"redirects", Value::array()}}, "error.error_class: is missing"},
      {{{"error_class", "TooManyRedirectsError"}},
       "error.error_class: is not known, got: \"TooManyRedirectsError\""},
      {{{"error_class", "AsyncHttpPool::RedirectError"}},
       "error.error_class: is not known, got: \"AsyncHttpPool::RedirectError\""},
      {{{"error_class", "Kernel"}, {"redirects", Value::array()}},
       "error.error_class: is not known, got: \"Kernel\""},
      {{{"response", Value::array()}}, "error.response: value must be an object, got: an array"},
      {{{"response", Value::object()}}, "error.response.status: is missing"}};
  for (const Case& c : cases) CHECK(error_refusal(c.changes) == c.message);
}

TEST_CASE("A document that is no object is refused by its name") {
  for (const char* text : {"null", "[]", "7", "\"x\""}) {
    INFO(text);
    CHECK_THAT(refusal(text, [](const auto& t) { return Response::from_json(t); }),
               Catch::Matchers::StartsWith("response: value must be an object, got: "));
    CHECK_THAT(refusal(text, [](const auto& t) { return Request::from_json(t); }),
               Catch::Matchers::StartsWith("request: value must be an object, got: "));
    CHECK_THAT(refusal(text, [](const auto& t) { return Error::from_json(t); }),
               Catch::Matchers::StartsWith("error: value must be an object, got: "));
  }
}

TEST_CASE("What may be missing from a response is empty") {
  const Response response = Response::from_json(response_with({}));
  CHECK_FALSE(response.has_body());
  CHECK(response.duration().count() == 0);
  CHECK(response.request_id().empty());
  CHECK(response.callback_args().empty());
  CHECK(response.redirects().empty());
  const Response nulls = Response::from_json(response_with({{"body", nullptr},
                                                            {"duration", nullptr},
                                                            {"request_id", nullptr},
                                                            {"callback_args", nullptr},
                                                            {"redirects", nullptr}}));
  CHECK(nulls.to_json() == response.to_json());
  const auto with_null_value = response_with({{"body", payload("text", nullptr)}});
  CHECK_FALSE(Response::from_json(with_null_value).has_body());
}

TEST_CASE("A code that is not known is none") {
  const auto code_of = [](const Value& code) {
    const std::unique_ptr<Error> error = Error::from_json(error_with({{"code", code}}));
    return dynamic_cast<const RequestError&>(*error).code();
  };
  CHECK(code_of("connection_lost") == ErrorCode::connection_lost);
  CHECK(code_of("internal") == ErrorCode::internal);
  CHECK(code_of("from_the_future") == ErrorCode::none);
  CHECK(code_of("") == ErrorCode::none);
  CHECK(code_of(nullptr) == ErrorCode::none);
}

TEST_CASE("The limits hold for every kind of document") {
  const std::string body(1000, 'a');
  const std::string response = response_with({{"body", payload("text", body)}});
  const std::string request = request_with({{"body", body}});
  const std::string error = R"({"response":)" + response + "}";
  ParseLimits limits;
  limits.body_bytes_max = 1000;
  CHECK(Response::from_json(response, limits).body() == body);
  CHECK(Request::from_json(request, limits).body() == body);
  CHECK_NOTHROW(Error::from_json(error, limits));
  limits.body_bytes_max = 999;
  CHECK_THROWS_WITH(Response::from_json(response, limits),
                    "response.body.value: is longer than 999 bytes");
  CHECK_THROWS_WITH(Request::from_json(request, limits), "request.body: is longer than 999 bytes");
  CHECK_THROWS_WITH(Error::from_json(error, limits),
                    "error.response.body.value: is longer than 999 bytes");
  limits = {};
  limits.text_bytes_max = 100;
  CHECK_THROWS_AS(Response::from_json(response, limits), ParseError);
  CHECK_THROWS_AS(Request::from_json(request, limits), ParseError);
  CHECK_THROWS_AS(Error::from_json(error, limits), ParseError);
  limits = {};
  limits.depth_max = 1;
  CHECK_THROWS_AS(Response::from_json(response, limits), ParseError);
  CHECK_NOTHROW(Request::from_json(request, limits));
  CHECK_THROWS_AS(Error::from_json(error, limits), ParseError);
}

}  // namespace async_http_pool
