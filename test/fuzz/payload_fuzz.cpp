#include <algorithm>

#include "fuzz_document.hpp"
#include "wire/payload.hpp"
#include "wire/payload_reader.hpp"

using namespace async_http_pool;

namespace {

std::optional<std::string> decoded(const Value& payload, std::string_view content_type) {
  return decode_payload(ObjectReader(payload, {"body", 0}), content_type,
                        fuzz_limits().body_bytes_max);
}

}  // namespace

/// The first line is a content type, the rest once a payload to read and once a body to write: what
/// is written reads as the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view content_type = text.substr(0, line);
  const std::string_view rest = text.substr(std::min(line + 1, text.size()));
  const auto round_trip = [&](std::string_view bytes) {
    JsonWriter writer;
    write_payload(writer, bytes, content_type);
    require(decoded(Value::from_json(writer.take()), content_type) == bytes);
  };
  if (rest.size() <= fuzz_limits().body_bytes_max) round_trip(rest);
  try {
    if (const auto bytes = decoded(Value::from_json(rest), content_type)) round_trip(*bytes);
  } catch (const ParseError&) {
    return 0;
  }
  return 0;
}
