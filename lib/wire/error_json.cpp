#include <async_http_pool/error.hpp>

#include "wire/document.hpp"
#include "wire/response_json.hpp"

namespace async_http_pool {
namespace {

void write_text(JsonWriter& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  write_foreign_text(writer, text);
}

void write_duration(JsonWriter& writer, const Error& error) {
  writer.key("duration");
  writer.seconds(error.duration());
}

void write_callback_args(JsonWriter& writer, const Error& error) {
  writer.key("callback_args");
  writer.value(error.callback_args().value());
}

}  // namespace

std::string HttpError::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  writer.key("response");
  write_response(writer, response_);
  writer.end_object();
  return writer.take();
}

std::string RedirectError::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  write_text(writer, "error_class", error_class());
  write_text(writer, "url", url());
  write_text(writer, "http_method", json_method(method()));
  write_duration(writer, *this);
  write_text(writer, "request_id", request_id());
  writer.key("redirects");
  write_strings(writer, redirects());
  write_callback_args(writer, *this);
  writer.end_object();
  return writer.take();
}

std::string RequestError::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  write_text(writer, "class_name", class_name());
  write_text(writer, "message", message());
  writer.key("backtrace");
  write_strings(writer, backtrace());
  write_text(writer, "request_id", request_id());
  write_text(writer, "error_type", to_string(error_type()));
  write_duration(writer, *this);
  write_text(writer, "url", url());
  write_text(writer, "http_method", json_method(method()));
  write_callback_args(writer, *this);
  write_text(writer, "code", to_string(code_));
  writer.end_object();
  return writer.take();
}

}  // namespace async_http_pool
