#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <async_http_pool/error.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include "base/base64_decode.hpp"
#include "http/ascii.hpp"
#include "support/catch.hpp"
#include "wire/payload.hpp"

// The documents of the Ruby original: see test/golden/README.md.

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

std::string golden_text(const std::string& name) {
  std::ifstream file(std::string(AHP_TEST_DATA_DIR "/golden/") + name + ".json", std::ios::binary);
  REQUIRE(file.is_open());
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Value golden(const std::string& name) { return Value::from_json(golden_text(name)); }

Value without(const Value& object, const std::set<std::string>& names) {
  Value::Object members;
  for (const auto& member : object.as_object()) {
    if (names.count(member.first) == 0) members.push_back(member);
  }
  return members;
}

Response response_from(const Value& input) {
  ResponseParts parts;
  parts.status = static_cast<int>(input.find("status")->as_integer());
  for (const auto& [name, value] : input.find("headers")->as_object())
    parts.headers.set(name, value.as_string());
  if (const Value& body = *input.find("body_base64"); !body.is_null())
    parts.body = decode_base64(body.as_string());
  parts.duration = 123456789ns;
  parts.request_id = input.find("request_id")->as_string();
  parts.url = input.find("url")->as_string();
  parts.method = to_upper(input.find("http_method")->as_string());
  parts.callback_args = CallbackArgs(*input.find("callback_args"));
  for (const Value& url : input.find("redirects")->as_array())
    parts.redirects.push_back(url.as_string());
  return Response(std::move(parts));
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

/// Whether the original's own document stands for other bytes than it was made from.
bool is_garbled(const std::string& name) {
  return name == "response_text_latin1" || name == "response_text_shift_jis" ||
         name == "response_gzipped_latin1";
}

void check_body(const std::string& name, const Response& response, const Value& ours,
                const Value& theirs) {
  if (!response.has_body()) {
    CHECK(ours.is_null());
    CHECK(theirs.is_null());
    return;
  }
  CHECK(decode_payload(ours) == response.body());
  if (!is_garbled(name)) CHECK(decode_payload(theirs) == response.body());
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
