#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <async_http_pool/response.hpp>
#include <async_http_pool/value.hpp>
#include "base/base64_decode.hpp"
#include "http/ascii.hpp"
#include "support/catch.hpp"

// The documents of the Ruby original: see test/golden/README.md.

namespace async_http_pool {

inline std::string golden_text(const std::string& name) {
  std::ifstream file(std::string(AHP_TEST_DATA_DIR "/golden/") + name + ".json", std::ios::binary);
  REQUIRE(file.is_open());
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

inline Value golden(const std::string& name) { return Value::from_json(golden_text(name)); }

/// The bytes that the response called `name` was built from.
inline std::string golden_body(const std::string& name) {
  return decode_base64(golden("INPUTS")[name]["body_base64"].as_string());
}

inline Response response_from(const Value& input) {
  ResponseParts parts;
  parts.status = static_cast<int>(input.find("status")->as_integer());
  for (const auto& [name, value] : input.find("headers")->as_object())
    parts.headers.set(name, value.as_string());
  if (const Value& body = *input.find("body_base64"); !body.is_null())
    parts.body = decode_base64(body.as_string());
  parts.duration = std::chrono::nanoseconds(123456789);
  parts.request_id = input.find("request_id")->as_string();
  parts.url = input.find("url")->as_string();
  parts.method = to_upper(input.find("http_method")->as_string());
  parts.callback_args = CallbackArgs(*input.find("callback_args"));
  for (const Value& url : input.find("redirects")->as_array())
    parts.redirects.push_back(url.as_string());
  return Response(std::move(parts));
}

}  // namespace async_http_pool
