#include "wire/response_json.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/response.hpp>
#include "base/printable.hpp"
#include "http/status.hpp"
#include "wire/document.hpp"
#include "wire/payload.hpp"
#include "wire/payload_reader.hpp"

namespace async_http_pool {
namespace {

int read_status(const ObjectReader& reader) {
  static_cast<void>(reader.required("status"));
  const int status = reader.integer("status").value_or(0);
  if (status < 0 || status > status_max)
    reader.refuse("status", fmt::format("must be between 0 and {}, got: {}", status_max, status));
  return status;
}

}  // namespace

void write_response(JsonWriter& writer, const Response& response) {
  writer.begin_object();
  writer.key("status");
  writer.integer(response.status());
  writer.key("headers");
  write_headers(writer, response.headers());
  writer.key("body");
  if (response.has_body()) {
    // As it is written, which is all that a reader knows of it.
    const std::string content_type =
        foreign_text(response.headers().joined("content-type").value_or(""));
    write_payload(writer, response.body(), content_type);
  } else {
    writer.null();
  }
  writer.key("duration");
  writer.seconds(response.duration());
  writer.key("request_id");
  write_foreign_text(writer, response.request_id());
  writer.key("url");
  write_foreign_text(writer, response.url());
  writer.key("http_method");
  write_foreign_text(writer, json_method(response.method()));
  writer.key("callback_args");
  writer.value(response.callback_args().value());
  writer.key("redirects");
  write_strings(writer, response.redirects());
  if (!response.trailers().empty()) {
    writer.key("trailers");
    write_headers(writer, response.trailers());
  }
  writer.end_object();
}

Response read_response(const ObjectReader& reader, const ParseLimits& limits) {
  ResponseParts parts;
  parts.status = read_status(reader);
  static_cast<void>(reader.required("headers"));
  parts.headers = reader.headers("headers");
  if (reader.member("body") != nullptr) {
    const std::string_view content_type =
        parts.headers.get("content-type").value_or(std::string_view());
    parts.body = decode_payload(reader.object("body"), content_type, limits.body_bytes_max);
  }
  parts.duration = reader.duration("duration");
  parts.request_id = reader.optional_string("request_id");
  parts.url = reader.string("url");
  parts.method = reader.method_or_empty("http_method");
  parts.callback_args = reader.callback_args("callback_args");
  parts.redirects = reader.strings("redirects");
  parts.trailers = reader.headers("trailers");
  return Response(std::move(parts));
}

Response Response::from_json(std::string_view text, const ParseLimits& limits) {
  const Value document = Value::from_json(text, limits);
  return read_response(ObjectReader(document, {"response", text.size()}), limits);
}

std::string Response::to_json() const {
  JsonWriter writer;
  write_response(writer, *this);
  return writer.take();
}

Value Response::json(const ParseLimits& limits) const {
  if (!is_json()) {
    throw std::invalid_argument("response content-type is not JSON, got: " +
                                quoted(content_type()));
  }
  std::string utf8;
  try {
    utf8 = text();
  } catch (const std::invalid_argument& error) {
    throw ParseError(std::string("response body is not JSON: ").append(error.what()), 0);
  }
  return Value::from_json(utf8, limits);
}

}  // namespace async_http_pool
