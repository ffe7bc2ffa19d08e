#include "wire/request_json.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "request/reserved_headers.hpp"
#include "wire/document.hpp"
#include "wire/payload.hpp"
#include "wire/payload_reader.hpp"

namespace async_http_pool {
namespace {

/// The original writes a string; only ours writes an object, for bytes that are no UTF-8. None of
/// them was converted from another charset.
std::optional<std::string> read_body(const ObjectReader& reader, const ParseLimits& limits) {
  const Value* body = reader.member("body");
  if (body == nullptr) return std::nullopt;
  if (body->is_object()) return decode_payload(reader.object("body"), {}, limits.body_bytes_max);
  if (!body->is_string()) reader.refuse("body", "must be a string or an object");
  if (body->as_string().size() > limits.body_bytes_max)
    reader.refuse("body", fmt::format("is longer than {} bytes", limits.body_bytes_max));
  return body->as_string();
}

/// The original sends whatever headers it is given: those that are ours to set are set anew.
Headers read_headers(const ObjectReader& reader) {
  Headers headers;
  for (const auto& [name, value] : reader.headers("headers")) {
    if (!is_reserved_header(name)) headers.add(name, value);
  }
  return headers;
}

std::optional<std::chrono::milliseconds> read_timeout(const ObjectReader& reader) {
  const Value* timeout = reader.member("timeout");
  if (timeout == nullptr) return std::nullopt;
  const double seconds = reader.check("timeout", [&] { return timeout->as_double(); });
  const double milliseconds = std::round(seconds * 1000.0);
  // A double beyond the range of an integer has no conversion; the builder's own bound is far
  // below.
  constexpr double convertible_max = 1e15;
  if (std::abs(milliseconds) > convertible_max)
    reader.refuse("timeout", fmt::format("is out of range, got: {} s", seconds));
  return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
}

/// Options that stand in the document by themselves, as in the original's.
bool is_member_of_request(std::string_view option) noexcept {
  return option == "timeout" || option == "max_redirects";
}

/// Options that are not known here may come from a later version: they are ignored.
RequestConfig read_config(const ObjectReader& reader) {
  RequestConfig config;
  const Value* options = reader.member("config");
  if (options == nullptr) return config;
  const ObjectReader config_reader = reader.object("config");
  for (const auto& [name, value] : options->as_object()) {
    const std::string& option = name;
    const Value& wanted = value;
    if (!is_member_of_request(option) && !wanted.is_null())
      config_reader.check(option, [&] { static_cast<void>(config.set(option, wanted)); });
  }
  return config;
}

/// The original knows no such member, and ignores it.
void write_config(JsonWriter& writer, const RequestConfig& config) {
  const Value options = config.to_value();
  Value::Object written;
  for (const auto& member : options.as_object()) {
    if (!is_member_of_request(member.first)) written.push_back(member);
  }
  if (written.empty()) return;
  writer.key("config");
  writer.value(written);
}

void write_body(JsonWriter& writer, const Request& request) {
  if (!request.body().has_value()) return writer.null();
  const std::string& body = *request.body();
  if (is_utf8(body)) return writer.string(body);
  write_payload(writer, body, request.headers().get("content-type").value_or(std::string_view()));
}

}  // namespace

Request read_request(const ObjectReader& reader, const ParseLimits& limits) {
  const std::string method = reader.method("http_method");
  const std::string& url = reader.string("url");
  RequestBuilder builder = reader.check("url", [&] { return Request::builder(method, url); });
  const Headers headers = read_headers(reader);
  reader.check("headers", [&] { builder.headers(headers); });
  if (const auto body = read_body(reader, limits))
    reader.check("body", [&] { builder.body(*body); });
  if (const auto timeout = read_timeout(reader))
    reader.check("timeout", [&] { builder.timeout(*timeout); });
  if (const auto max_redirects = reader.integer("max_redirects"))
    reader.check("max_redirects", [&] { builder.max_redirects(*max_redirects); });
  builder.config(read_config(reader));
  return builder.build();
}

Request Request::from_json(std::string_view text, const ParseLimits& limits) {
  const Value document = Value::from_json(text, limits);
  return read_request(ObjectReader(document, {"request", text.size()}), limits);
}

void write_request(JsonWriter& writer, const Request& request) {
  writer.begin_object();
  writer.key("http_method");
  writer.string(json_method(request.method()));
  writer.key("url");
  writer.string(request.url());
  writer.key("headers");
  write_headers(writer, request.headers());
  writer.key("body");
  write_body(writer, request);
  writer.key("timeout");
  if (const auto timeout = request.timeout()) {
    writer.seconds(*timeout);
  } else {
    writer.null();
  }
  writer.key("max_redirects");
  if (const auto max_redirects = request.max_redirects()) {
    writer.integer(*max_redirects);
  } else {
    writer.null();
  }
  write_config(writer, request.config());
  writer.end_object();
}

std::string Request::to_json() const {
  JsonWriter writer;
  write_request(writer, *this);
  return writer.take();
}

}  // namespace async_http_pool
