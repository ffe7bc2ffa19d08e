#include <async_http_pool/request.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/exceptions.hpp>
#include "base/utf8.hpp"
#include "wire/document.hpp"
#include "wire/payload.hpp"

namespace async_http_pool {
namespace {

/// A document that is JSON but not a request: no byte of it is to blame, so the offset is its end.
class RequestReader {
 public:
  explicit RequestReader(std::string_view text)
      : document_(Value::from_json(text)), bytes_(text.size()) {
    if (!document_.is_object()) refuse("a request is an object");
  }

  /// Null when the member is missing or null.
  [[nodiscard]] const Value* member(std::string_view name) const noexcept {
    const Value* value = document_.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  [[nodiscard]] const std::string& string(std::string_view name) const {
    const Value* value = member(name);
    if (value == nullptr || !value->is_string())
      refuse(fmt::format("\"{}\" must be a string", name));
    return value->as_string();
  }

  [[noreturn]] void refuse(std::string_view reason) const {
    throw ParseError(fmt::format("invalid request: {}", reason), bytes_);
  }

 private:
  Value document_;
  std::size_t bytes_;
};

void read_headers(const RequestReader& reader, RequestBuilder& builder) {
  const Value* headers = reader.member("headers");
  if (headers == nullptr) return;
  if (!headers->is_object()) reader.refuse("\"headers\" must be an object");
  for (const auto& [name, value] : headers->as_object()) {
    if (!value.is_string()) reader.refuse(fmt::format("header \"{}\" must be a string", name));
    builder.header(name, value.as_string());
  }
}

void read_body(const RequestReader& reader, RequestBuilder& builder) {
  const Value* body = reader.member("body");
  if (body == nullptr) return;
  if (body->is_string()) {
    builder.body(body->as_string());
  } else if (body->is_object()) {
    if (const auto bytes = decode_payload(*body)) builder.body(*bytes);
  } else {
    reader.refuse("\"body\" must be a string or an object");
  }
}

void read_timeout(const RequestReader& reader, RequestBuilder& builder) {
  const Value* timeout = reader.member("timeout");
  if (timeout == nullptr) return;
  if (!timeout->is_number()) reader.refuse("\"timeout\" must be a number");
  const double milliseconds = std::round(timeout->as_double() * 1000.0);
  // A double beyond the range of an integer has no conversion; the builder's own bound is far
  // below.
  constexpr double convertible_max = 1e15;
  if (std::abs(milliseconds) > convertible_max) {
    throw std::invalid_argument(
        fmt::format("timeout is out of range, got: {} s", timeout->as_double()));
  }
  builder.timeout(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

void read_max_redirects(const RequestReader& reader, RequestBuilder& builder) {
  const Value* max_redirects = reader.member("max_redirects");
  if (max_redirects == nullptr) return;
  if (!max_redirects->is_integer()) reader.refuse("\"max_redirects\" must be an integer");
  const std::int64_t value = max_redirects->as_integer();
  if (!std::in_range<int>(value)) {
    throw std::invalid_argument(fmt::format("max_redirects is out of range, got: {}", value));
  }
  builder.max_redirects(static_cast<int>(value));
}

void write_body(JsonWriter& writer, const Request& request) {
  if (!request.body().has_value()) return writer.null();
  const std::string& body = *request.body();
  if (is_utf8(body)) return writer.string(body);
  write_payload(writer, body, request.headers().get("content-type").value_or(std::string_view()));
}

}  // namespace

CallbackArgs CallbackArgs::from_json(std::string_view text) {
  Value value = Value::from_json(text);
  try {
    return CallbackArgs(std::move(value));
  } catch (const std::invalid_argument& error) {
    throw ParseError(error.what(), text.size());
  }
}

Request Request::from_json(std::string_view text) {
  const RequestReader reader(text);
  RequestBuilder request = builder(reader.string("http_method"), reader.string("url"));
  read_headers(reader, request);
  read_body(reader, request);
  read_timeout(reader, request);
  read_max_redirects(reader, request);
  return request.build();
}

std::string Request::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  writer.key("http_method");
  writer.string(json_method(method()));
  writer.key("url");
  writer.string(url());
  writer.key("headers");
  write_headers(writer, headers());
  writer.key("body");
  write_body(writer, *this);
  writer.key("timeout");
  if (timeout().has_value()) {
    writer.seconds(*timeout());
  } else {
    writer.null();
  }
  writer.key("max_redirects");
  if (max_redirects().has_value()) {
    writer.integer(*max_redirects());
  } else {
    writer.null();
  }
  writer.end_object();
  return writer.take();
}

}  // namespace async_http_pool
