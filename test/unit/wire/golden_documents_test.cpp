#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <async_http_pool/error.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include "golden.hpp"
#include "http/ascii.hpp"
#include "support/catch.hpp"
#include "wire/payload_reader.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

Value without(const Value& object, const std::set<std::string>& names) {
  Value::Object members;
  for (const auto& member : object.as_object()) {
    if (names.count(member.first) == 0) members.push_back(member);
  }
  return members;
}

/// Encoding and charset where ours differ from the original's.
const std::map<std::string, std::pair<std::string, std::string>> decided_forms = {
    // The original transcodes when it writes and again when it reads: mojibake. Ours are the raw
    // bytes.
    {"response_text_latin1", {"binary", "ISO-8859-1"}},
    {"response_text_shift_jis", {"binary", "SHIFT_JIS"}},
    {"response_gzipped_latin1", {"gzipped", "ISO-8859-1"}},
    // What is valid UTF-8 and not declared as anything else is called so.
    {"response_text_utf8_nocharset", {"text", "UTF-8"}},
    {"response_text_utf8_quoted_charset", {"text", "UTF-8"}},
    {"response_gzipped_utf8_nocharset", {"gzipped", "UTF-8"}},
    // Media types have no case, and +json is text.
    {"response_binary_upper_case_type", {"text", "UTF-8"}},
    {"response_binary_vendor_json", {"text", "UTF-8"}}};

std::optional<std::string> decoded(const Value& payload, const Response& response) {
  return decode_payload(ObjectReader(payload, {"body", 0}), response.content_type(), 1'000'000);
}

void check_body(const std::string& name, const Response& response, const Value& ours,
                const Value& theirs) {
  if (!response.has_body()) {
    CHECK(ours.is_null());
    CHECK(theirs.is_null());
    return;
  }
  CHECK(decoded(ours, response) == response.body());
  CHECK(decoded(theirs, response) == response.body());
  const auto decided = decided_forms.find(name);
  const Value encoding =
      decided == decided_forms.end() ? *theirs.find("encoding") : Value(decided->second.first);
  const Value charset =
      decided == decided_forms.end() ? *theirs.find("charset") : Value(decided->second.second);
  CHECK(*ours.find("encoding") == encoding);
  CHECK(*ours.find("charset") == charset);
  CHECK(without(ours, {"value"}).as_object().size() == 2);
  if (encoding == Value("text")) CHECK(ours.find("value")->as_string() == response.body());
}

}  // namespace

TEST_CASE("Responses are written as the original writes them") {
  const Value inputs = golden("INPUTS");
  std::size_t documents = 0;
  for (const auto& [name, input] : inputs.as_object()) {
    // A response of ours always has a duration; a document without one is only read.
    if (input.find("duration")->is_null()) continue;
    INFO(name);
    const Response response = response_from(input);
    const bool is_error = *input.find("wrapped_in_http_error") == Value(true);
    const Value document =
        Value::from_json(is_error ? HttpError::create(response)->to_json() : response.to_json());
    const Value expected = golden(name);
    if (is_error) REQUIRE(document.as_object().size() == 1);
    const Value& ours = is_error ? *document.find("response") : document;
    const Value& theirs = is_error ? *expected.find("response") : expected;
    CHECK(without(ours, {"body"}) == without(theirs, {"body"}));
    REQUIRE(ours.as_object()[2].first == "body");
    check_body(name, response, *ours.find("body"), *theirs.find("body"));
    ++documents;
  }
  CHECK(documents == 30);
}

TEST_CASE("Requests are written and read as the original writes them") {
  const std::map<std::string, Request> requests = {
      {"request_get", Request::get("https://api.example.com/users/123?x=1")
                          .header("Authorization", "Bearer t")
                          .header("X-A", "1")
                          .build()},
      {"request_post_json",
       Request::post("https://api.example.com/users")
           .json(Value::object({{"name", "Jöhn"}, {"tags", Value::array({1, nullptr})}}))
           .timeout(12500ms)
           .max_redirects(0)
           .build()},
      {"request_put_body", Request::put("https://api.example.com/x")
                               .header("content-type", "text/plain")
                               .body("plain")
                               .timeout(5s)
                               .build()},
      {"request_delete", Request::delete_("https://api.example.com/x").build()}};
  for (const auto& [name, request] : requests) {
    INFO(name);
    CHECK(request.to_json() == golden_text(name));
    CHECK(Request::from_json(golden_text(name)) == request);
  }
}

TEST_CASE("Redirect errors are written as the original writes them") {
  const std::vector<std::string> chain = {"https://a.example.com/1", "https://a.example.com/2"};
  const auto context = [](const char* url) {
    return ErrorContext{url, "GET", "r-1/3", 500ms, {{"k", "v"}}};
  };
  CHECK(TooManyRedirectsError(context("https://a.example.com/3"), chain).to_json() ==
        golden_text("error_too_many_redirects"));
  CHECK(RecursiveRedirectError(context("https://a.example.com/1"), chain).to_json() ==
        golden_text("error_recursive_redirect"));
}

TEST_CASE("Request errors are written as the original writes them") {
  for (const ErrorType type : {ErrorType::timeout, ErrorType::connection, ErrorType::ssl,
                               ErrorType::response_too_large, ErrorType::unknown}) {
    const std::string name = "error_request_" + std::string(to_string(type));
    INFO(name);
    const Value theirs = golden(name);
    const RequestError error(type, ErrorCode::none, theirs.find("message")->as_string(),
                             {"https://slow.example.com/",
                              to_upper(theirs.find("http_method")->as_string()),
                              "r-2",
                              60000123us,
                              {{"k", Value::array({1, Value::object({{"n", nullptr}})})}}});
    const Value ours = Value::from_json(error.to_json());
    // The class is Ruby's, or ours; there is no backtrace of a failed transfer; and the code is
    // new.
    CHECK(without(ours, {"class_name", "backtrace", "code"}) ==
          without(theirs, {"class_name", "backtrace"}));
    CHECK(*ours.find("backtrace") == Value::array());
    CHECK(ours.as_object()[0].first == "class_name");
    CHECK(ours.as_object()[2].first == "backtrace");
  }
}

}  // namespace async_http_pool
