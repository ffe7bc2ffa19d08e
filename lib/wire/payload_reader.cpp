#include "wire/payload_reader.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/base64_decode.hpp"
#include "base/inflate.hpp"
#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "http/ascii.hpp"
#include "wire/transcoding.hpp"

namespace async_http_pool {
namespace {

std::string decode_value(const ObjectReader& payload, std::string_view encoding,
                         std::size_t bytes_max) {
  const std::string& value = payload.string("value");
  if (encoding == "text") return value;
  if (encoding == "binary") {
    return payload.check("value", [&] { return decode_base64(value); });
  }
  if (encoding == "gzipped") {
    return payload.check("value", [&] { return inflate_bytes(decode_base64(value), bytes_max); });
  }
  payload.refuse("encoding",
                 "must be \"text\", \"binary\" or \"gzipped\", got: " + quoted(encoding));
}

}  // namespace

std::optional<std::string> decode_payload(const ObjectReader& payload,
                                          std::string_view content_type, std::size_t bytes_max) {
  if (payload.is_null("value")) return std::nullopt;
  const std::string& encoding = payload.string("encoding");
  std::string bytes = decode_value(payload, encoding, bytes_max);
  const std::string charset = payload.optional_string("charset");
  // "binary" are the bytes themselves, whoever wrote it.
  const bool may_be_transcoded = encoding != "binary" && equals_ignoring_case(charset, "UTF-8");
  if (may_be_transcoded && is_utf8(bytes)) bytes = undo_transcoding(std::move(bytes), content_type);
  if (bytes.size() > bytes_max) {
    payload.refuse("value", fmt::format("is longer than {} bytes", bytes_max));
  }
  return bytes;
}

}  // namespace async_http_pool
