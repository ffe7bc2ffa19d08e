#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/json_writer.hpp"

namespace async_http_pool {

/// How the bytes of a body are written: `{"encoding":...,"value":...,"charset":...}`.
struct Payload {
  /// "text", "gzipped" (a zlib stream in base64, whatever its name says) or "binary" (base64)
  std::string_view encoding;
  /// None: the bytes as they are.
  std::optional<std::string> value;
  std::string charset;
};

/// Chooses the form for `bytes`. What is text by its type, charset and bytes stays readable when it
/// is short; whatever else is written byte for byte, so that no reader has to guess.
[[nodiscard]] Payload encode_payload(std::string_view bytes, std::string_view content_type);

/// The object that `encode_payload` describes.
void write_payload(JsonWriter& writer, std::string_view bytes, std::string_view content_type);

}  // namespace async_http_pool
