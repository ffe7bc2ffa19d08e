#include "wire/request_json.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "request/reserved_headers.hpp"
#include "wire/document.hpp"
#include "wire/request_body_json.hpp"

namespace async_http_pool {
namespace {

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

/// An option that is not known here is refused: it may be one that was to protect somebody.
RequestConfig read_config(const ObjectReader& reader) {
  RequestConfig config;
  const Value* options = reader.member("config");
  if (options == nullptr) return config;
  const ObjectReader config_reader = reader.object("config");
  for (const auto& [name, value] : options->as_object()) {
    const std::string& option = name;
    const Value& wanted = value;
    if (wanted.is_null()) continue;
    const bool is_known = config_reader.check(option, [&] { return config.set(option, wanted); });
    if (!is_known) config_reader.refuse(option, "is no option of a request");
  }
  return config;
}

/// The original knows no such member, and ignores it.
void write_config(JsonWriter& writer, const RequestConfig& config) {
  if (config.empty()) return;
  writer.key("config");
  writer.value(config.to_value());
}

}  // namespace

Request read_request(const ObjectReader& reader, const ParseLimits& limits) {
  const std::string method = reader.method("http_method");
  const std::string& url = reader.string("url");
  RequestBuilder builder = reader.check("url", [&] { return Request::builder(method, url); });
  const Headers headers = read_headers(reader);
  reader.check("headers", [&] { builder.headers(headers); });
  read_request_body(reader, limits, builder);
  const RequestConfig config = read_config(reader);
  reader.check("config", [&] { builder.config(config); });
  if (const auto timeout = read_timeout(reader))
    reader.check("timeout", [&] { builder.timeout(*timeout); });
  if (const auto max_redirects = reader.integer("max_redirects"))
    reader.check("max_redirects", [&] { builder.max_redirects(*max_redirects); });
  return reader.check({}, [&] { return builder.build(); });
}

Request Request::from_json(std::string_view text, const ParseLimits& limits) {
  const Value document = Value::from_json(text, limits);
  return read_request(ObjectReader(document, {"request", text.size()}), limits);
}

void write_request(JsonWriter& writer, const Request& request) {
  if (request.body_source() != nullptr)
    throw std::logic_error("a request with a body_source has no form in JSON");
  writer.begin_object();
  writer.key("http_method");
  writer.string(json_method(request.method()));
  writer.key("url");
  writer.string(request.url());
  writer.key("headers");
  write_headers(writer, request.headers());
  write_request_body(writer, request);
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
