#include "mock/recording_document.hpp"

#include "base/sha256.hpp"
#include "wire/document.hpp"
#include "wire/json_writer.hpp"
#include "wire/object_reader.hpp"
#include "wire/payload.hpp"
#include "wire/payload_reader.hpp"
#include "wire/request_body_json.hpp"

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>

#include <set>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

constexpr std::string_view format_name = "async-http-pool recording";
constexpr int format_version = 1;
constexpr int status_min = 200;
constexpr int status_max = 999;
/// Of files of the developer's own.
constexpr ParseLimits limits{.text_bytes_max = std::size_t{1} << 30,
                             .body_bytes_max = std::size_t{1} << 30};

/// As `write_headers`, but fields of one name stay apart: a server may have meant it so.
void write_fields(JsonWriter& writer, const Headers& headers) {
  writer.begin_object();
  std::set<std::string_view> written;
  for (const auto& [name, value] : headers) {
    if (!written.insert(name).second) continue;
    const auto values = headers.get_all(name);
    writer.key(name);
    if (values.size() > 1) writer.begin_array();
    for (const std::string_view each : values) write_foreign_text(writer, each);
    if (values.size() > 1) writer.end_array();
  }
  writer.end_object();
}

std::string write_exchange(const RecordedExchange& exchange) {
  JsonWriter writer;
  writer.begin_object();
  writer.key("request");
  writer.begin_object();
  writer.key("http_method");
  writer.string(json_method(exchange.request.method()));
  writer.key("url");
  writer.string(exchange.request.url());
  writer.key("headers");
  write_fields(writer, exchange.request.headers());
  write_request_body(writer, exchange.request);
  writer.end_object();
  writer.key("response");
  writer.begin_object();
  writer.key("status");
  writer.integer(exchange.status);
  writer.key("headers");
  write_fields(writer, exchange.headers);
  writer.key("body");
  write_payload(writer, exchange.body,
                foreign_text(exchange.headers.joined("content-type").value_or("")));
  if (!exchange.trailers.empty()) {
    writer.key("trailers");
    write_fields(writer, exchange.trailers);
  }
  writer.end_object();
  writer.end_object();
  return writer.take();
}

Request read_request(const ObjectReader& reader) {
  const std::string& url = reader.string("url");
  const std::string method = reader.method("http_method");
  RequestBuilder builder = reader.check("url", [&] { return Request::builder(method, url); });
  reader.check("headers", [&] { builder.headers(reader.headers("headers")); });
  read_request_body(reader, limits, builder);
  return reader.check({}, [&] { return builder.build(); });
}

std::shared_ptr<const RecordedExchange> read_exchange(const ObjectReader& reader) {
  RecordedExchange exchange{.request = read_request(reader.object("request"))};
  const ObjectReader response = reader.object("response");
  exchange.status = response.integer("status").value_or(0);
  if (exchange.status < status_min || exchange.status > status_max)
    response.refuse("status", fmt::format("must be between {} and {}, got: {}", status_min,
                                          status_max, exchange.status));
  exchange.headers = response.headers("headers");
  const std::string_view content_type = exchange.headers.get("content-type").value_or("");
  exchange.body =
      decode_payload(response.object("body"), content_type, limits.body_bytes_max).value_or("");
  exchange.trailers = response.headers("trailers");
  return std::make_shared<const RecordedExchange>(std::move(exchange));
}

}  // namespace

std::string write_recording(const RecordedExchanges& exchanges) {
  std::string text =
      fmt::format(R"({{"format":"{}","version":{},"exchanges":[)", format_name, format_version);
  std::string_view separator = "\n";
  for (const auto& exchange : exchanges) {
    text.append(separator).append(write_exchange(*exchange));
    separator = ",\n";
  }
  return text.append("\n]}\n");
}

RecordedExchanges read_recording(std::string_view text) {
  const Value document = Value::from_json(text, limits);
  const ObjectReader reader(document, {"recording", text.size()});
  if (reader.string("format") != format_name)
    reader.refuse("format", fmt::format("must be \"{}\"", format_name));
  static_cast<void>(reader.required("version"));
  const int version = reader.integer("version").value_or(0);
  if (version != format_version)
    reader.refuse("version", fmt::format("must be {}, got: {}", format_version, version));
  static_cast<void>(reader.required("exchanges"));
  RecordedExchanges exchanges;
  for (const ObjectReader& exchange : reader.objects("exchanges"))
    exchanges.push_back(read_exchange(exchange));
  return exchanges;
}

std::string identity_of(const Request& request) {
  JsonWriter body;
  body.begin_object();
  write_request_body(body, request);
  body.end_object();
  const std::string& url = request.url();
  return fmt::format("{} {} {}", request.method(), url.substr(0, url.find('#')),
                     sha256_hex(body.take()));
}

}  // namespace async_http_pool
