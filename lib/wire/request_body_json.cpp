#include "wire/request_body_json.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "wire/payload.hpp"
#include "wire/payload_reader.hpp"

namespace async_http_pool {
namespace {

/// The original writes a string; only ours writes an object, for bytes that are no UTF-8. None of
/// them was converted from another charset.
std::optional<std::string> read_bytes(const ObjectReader& reader, std::string_view name,
                                      std::size_t bytes_max) {
  const Value* bytes = reader.member(name);
  if (bytes == nullptr) return std::nullopt;
  if (bytes->is_object()) return decode_payload(reader.object(name), {}, bytes_max);
  if (!bytes->is_string()) reader.refuse(name, "must be a string or an object");
  if (bytes->as_string().size() > bytes_max)
    reader.refuse(name, fmt::format("is longer than {} bytes", bytes_max));
  return bytes->as_string();
}

void write_bytes(JsonWriter& writer, std::string_view bytes, std::string_view content_type) {
  if (is_utf8(bytes)) return writer.string(bytes);
  write_payload(writer, bytes, content_type);
}

/// `bytes_left` is what all parts together may still have.
void read_part(const ObjectReader& reader, std::size_t& bytes_left, Multipart& parts) {
  constexpr std::string_view usual_type = "application/octet-stream";
  const std::string& name = reader.string("name");
  const std::string file_name = reader.optional_string("file_name");
  std::string content_type = reader.optional_string("content_type");
  const bool is_field = file_name.empty() && content_type.empty();
  if (content_type.empty()) content_type = usual_type;
  if (reader.member("file") != nullptr) {
    if (reader.member("value") != nullptr) reader.refuse("file", "stands beside a value");
    const std::string& path = reader.string("file");
    reader.check({}, [&] { parts.add_file(name, path, file_name, content_type); });
    return;
  }
  const auto bytes = read_bytes(reader, "value", bytes_left);
  if (!bytes) reader.refuse("value", "is missing");
  bytes_left -= bytes->size();
  reader.check({}, [&] {
    if (is_field) {
      parts.add_field(name, *bytes);
    } else {
      parts.add_bytes(name, *bytes, file_name, content_type);
    }
  });
}

Multipart read_multipart(const ObjectReader& reader, const ParseLimits& limits) {
  Multipart parts;
  std::size_t bytes_left = limits.body_bytes_max;
  for (const ObjectReader& part : reader.objects("multipart")) read_part(part, bytes_left, parts);
  return parts;
}

void write_member(JsonWriter& writer, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  writer.key(name);
  writer.string(text);
}

void write_multipart(JsonWriter& writer, const Multipart& multipart) {
  writer.begin_array();
  for (const Multipart::Part& part : multipart.parts()) {
    writer.begin_object();
    writer.key("name");
    writer.string(part.name);
    if (part.path.empty()) {
      writer.key("value");
      write_bytes(writer, part.bytes, part.content_type);
    }
    write_member(writer, "file", part.path);
    write_member(writer, "file_name", part.file_name);
    write_member(writer, "content_type", part.content_type);
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

void write_request_body(JsonWriter& writer, const Request& request) {
  writer.key("body");
  if (request.body()) {
    write_bytes(writer, *request.body(), request.headers().get("content-type").value_or(""));
  } else {
    writer.null();
  }
  if (request.body_file()) write_member(writer, "body_file", *request.body_file());
  if (request.multipart()) {
    writer.key("multipart");
    write_multipart(writer, *request.multipart());
  }
}

void read_request_body(const ObjectReader& reader, const ParseLimits& limits,
                       RequestBuilder& builder) {
  if (const auto body = read_bytes(reader, "body", limits.body_bytes_max))
    reader.check("body", [&] { builder.body(*body); });
  if (reader.member("body_file") != nullptr) {
    const std::string& path = reader.string("body_file");
    reader.check("body_file", [&] { builder.body_file(path); });
  }
  if (reader.member("multipart") != nullptr) {
    const Multipart parts = read_multipart(reader, limits);
    reader.check("multipart", [&] { builder.multipart(parts); });
  }
}

}  // namespace async_http_pool
