#include "wire/response_json.hpp"

#include <stdexcept>

#include <async_http_pool/response.hpp>
#include "base/printable.hpp"
#include "wire/document.hpp"
#include "wire/payload.hpp"

namespace async_http_pool {

void write_response(JsonWriter& writer, const Response& response) {
  writer.begin_object();
  writer.key("status");
  writer.integer(response.status());
  writer.key("headers");
  write_headers(writer, response.headers());
  writer.key("body");
  if (response.has_body()) {
    write_payload(writer, response.body(), response.content_type());
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
  writer.end_object();
}

std::string Response::to_json() const {
  JsonWriter writer;
  write_response(writer, *this);
  return writer.take();
}

Value Response::json() const {
  if (!is_json()) {
    throw std::invalid_argument("response content-type is not JSON, got: " +
                                quoted(content_type()));
  }
  return Value::from_json(body());
}

}  // namespace async_http_pool
