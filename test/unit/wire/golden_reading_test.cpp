#include <chrono>
#include <cmath>
#include <memory>
#include <set>
#include <string>

#include <async_http_pool/error.hpp>
#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include "golden.hpp"
#include "support/catch.hpp"
#include "support/encoding.hpp"
#include "support/memory_store.hpp"

// Every document is read and compared, member by member, with what the original reads from it.
//
// Where we differ:
// - the 3 documents marked `gem_garbles_body`: the original decodes them twice ("Ã©tÃ©"), here are
//   the bytes that were sent;
// - a duration of null: nil there, 0 here;
// - the class of a request error: Ruby's constant or a NameError there; here it is a RequestError,
//   and the name is kept in `class_name`.

namespace async_http_pool {
namespace {

std::string method_of(const Value& symbol) { return to_upper(symbol.as_string().substr(1)); }

std::chrono::nanoseconds duration_of(const Value& seconds) {
  return std::chrono::nanoseconds(
      seconds.is_null() ? 0 : static_cast<std::int64_t>(std::llround(seconds.as_double() * 1e9)));
}

std::vector<std::string> strings_of(const Value& array) {
  std::vector<std::string> strings;
  for (const Value& item : array.as_array()) strings.push_back(item.as_string());
  return strings;
}

void check_headers(const Headers& headers, const Value& expected) {
  CHECK(headers.size() == expected.size());
  for (const auto& [name, value] : expected.as_object())
    CHECK(headers.get(name) == std::string_view(value.as_string()));
}

void check_bytes(const std::string& bytes, const Value& expected) {
  CHECK(bytes.size() == static_cast<std::size_t>(expected["bytes"].as_integer()));
  CHECK(test::sha256(bytes) == expected["sha256"].as_string());
}

void check_response(const Response& response, const Value& expected) {
  CHECK(response.status() == expected["status"].as_integer());
  check_headers(response.headers(), expected["headers"]);
  CHECK(response.duration() == duration_of(expected["duration"]));
  CHECK(response.request_id() == expected["request_id"].as_string());
  CHECK(response.url() == expected["url"].as_string());
  CHECK(response.method() == method_of(expected["http_method"]));
  CHECK(response.callback_args().value() == expected["callback_args"]);
  CHECK(response.redirects() == strings_of(expected["redirects"]));
  CHECK(Value(response.is_success()) == expected["success"]);
  CHECK(Value(response.is_redirect()) == expected["redirect"]);
  CHECK(Value(response.is_client_error()) == expected["client_error"]);
  CHECK(Value(response.is_server_error()) == expected["server_error"]);
  CHECK(Value(response.is_error()) == expected["error"]);
  const Value& content_type = expected["content_type"];
  CHECK(response.content_type() == (content_type.is_null() ? "" : content_type.as_string()));
  CHECK(Value(response.is_json()) == expected["json"]);
  if (response.is_json()) CHECK_NOTHROW(response.json());
}

void check_body(const std::string& name, const Response& response, const Value& manifest) {
  const Value& body = manifest["expect"].contains("response")
                          ? manifest["expect"]["response"]["body"]
                          : manifest["expect"]["body"];
  if (manifest.contains("gem_garbles_body")) {
    CHECK(response.body() == golden_body(name));
  } else if (body["bytes"].is_null()) {
    CHECK_FALSE(response.has_body());
  } else {
    CHECK(response.has_body());
    check_bytes(response.body(), body);
    CHECK(response.body() == golden_body(name));
  }
}

std::string class_of(const Error& error) {
  return std::string(error.error_class().substr(std::string("AsyncHttpPool::").size()));
}

void check_error(const Error& error, const Value& expected) {
  CHECK(class_of(error) == expected["class"].as_string());
  CHECK(error.message() == expected["message"].as_string());
  CHECK(":" + std::string(to_string(error.error_type())) == expected["error_type"].as_string());
  CHECK(error.url() == expected["url"].as_string());
  CHECK(error.method() == method_of(expected["http_method"]));
  CHECK(error.duration() == duration_of(expected["duration"]));
  CHECK(error.request_id() == expected["request_id"].as_string());
  CHECK(error.callback_args().value() == expected["callback_args"]);
}

void check_error_class(const std::string& name, const Error& error, const Value& manifest) {
  const Value& expected = manifest["expect"];
  if (const auto* http = dynamic_cast<const HttpError*>(&error)) {
    check_response(http->response(), expected["response"]);
    check_body(name, http->response(), manifest);
  } else if (const auto* redirect = dynamic_cast<const RedirectError*>(&error)) {
    CHECK(redirect->redirects() == strings_of(expected["redirects"]));
  } else {
    const auto& request = dynamic_cast<const RequestError&>(error);
    CHECK(request.backtrace() == strings_of(golden(name)["backtrace"]));
    CHECK(Value(request.backtrace().size()) == expected["backtrace_size"]);
    CHECK(request.class_name() == golden(name)["class_name"].as_string());
    CHECK(request.code() == ErrorCode::none);
  }
}

void check_request(const Request& request, const Value& expected) {
  CHECK(request.method() == method_of(expected["http_method"]));
  CHECK(request.url() == expected["url"].as_string());
  check_headers(request.headers(), expected["headers"]);
  CHECK(request.body().has_value() == !expected["body"]["bytes"].is_null());
  if (request.body().has_value()) check_bytes(*request.body(), expected["body"]);
  CHECK(request.timeout().has_value() == !expected["timeout"].is_null());
  if (request.timeout().has_value()) CHECK(*request.timeout() == duration_of(expected["timeout"]));
  CHECK(request.max_redirects().has_value() == !expected["max_redirects"].is_null());
  if (request.max_redirects().has_value())
    CHECK(*request.max_redirects() == expected["max_redirects"].as_integer());
}

void check_reference(const std::string& reference, const Value& expected) {
  const auto store = std::make_shared<test::MemoryStore>();
  store->store(expected["key"].as_string(), "what it stands for");
  const ExternalStorage storage(
      Configuration().register_payload_store(expected["store"].as_string(), store));
  CHECK(ExternalStorage::is_storage_ref(reference));
  CHECK(storage.fetch(reference) == "what it stands for");
}

}  // namespace

TEST_CASE("Every document of the original is read as the original reads it") {
  std::size_t documents = 0;
  const Value documents_read = golden("MANIFEST");
  for (const auto& [name, manifest] : documents_read["docs"].as_object()) {
    INFO(name);
    ++documents;
    const Value& expected = manifest["expect"];
    const std::string& kind = expected["kind"].as_string();
    if (kind == "response") {
      const Response response = Response::from_json(golden_text(name));
      check_response(response, expected);
      check_body(name, response, manifest);
    } else if (kind == "error") {
      const std::unique_ptr<Error> error = Error::from_json(golden_text(name));
      check_error(*error, expected);
      check_error_class(name, *error, manifest);
    } else if (kind == "request") {
      check_request(Request::from_json(golden_text(name)), expected);
    } else {
      CHECK(kind == "storage_ref");
      CHECK(golden(name)["$ref"]["key"] == expected["key"]);
      check_reference(golden_text(name), expected);
    }
  }
  CHECK(documents == 43);
}

TEST_CASE("The text of the original's documents is what their authors wrote") {
  const auto text_of = [](const std::string& name) {
    return Response::from_json(golden_text(name)).text();
  };
  CHECK(text_of("response_text_latin1") == "été");
  CHECK(text_of("response_text_shift_jis") == "日本語テキスト");
  CHECK(text_of("response_text_utf8_charset") == "été ☃ 😀");
  CHECK(text_of("response_text_utf8_quoted_charset") == "{\"name\":\"été\"}");
  CHECK(text_of("response_gzipped_latin1").substr(0, 4) == "éé");
  CHECK_THROWS_AS(text_of("response_text_unknown_charset"), std::invalid_argument);
  CHECK_THROWS_AS(text_of("response_gzipped_invalid_utf8"), std::invalid_argument);
}

TEST_CASE("Documents of either name of the original are read alike") {
  const std::string ours = golden_text("error_too_many_redirects");
  for (const char* prefix : {"PatientHttp::", "::PatientHttp::", "::AsyncHttpPool::"}) {
    std::string theirs = ours;
    theirs.replace(theirs.find("AsyncHttpPool::"), std::string("AsyncHttpPool::").size(), prefix);
    CHECK(Error::from_json(theirs)->to_json() == ours);
  }
}

TEST_CASE("Reading and writing a document of the original changes it once at most") {
  const Value documents_read = golden("MANIFEST");
  for (const auto& [name, manifest] : documents_read["docs"].as_object()) {
    INFO(name);
    const std::string& kind = manifest["expect"]["kind"].as_string();
    const auto rewritten = [&kind](const std::string& text) {
      if (kind == "response") return Response::from_json(text).to_json();
      if (kind == "request") return Request::from_json(text).to_json();
      if (kind == "error") return Error::from_json(text)->to_json();
      return text;
    };
    const std::string once = rewritten(golden_text(name));
    CHECK(rewritten(once) == once);
  }
}

}  // namespace async_http_pool
