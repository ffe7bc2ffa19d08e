#include "payload_line.hpp"

#include <fmt/format.h>
#include <async_http_pool/exceptions.hpp>

#include <cstddef>
#include <stdexcept>

namespace ahp_tool {
namespace {

using async_http_pool::ParseError;
using async_http_pool::ParseLimits;
using async_http_pool::Value;

constexpr ParseLimits line_limits{.depth_max = 256};
// Stores take up to 1 GiB.
constexpr ParseLimits payload_limits{.depth_max = 1024, .text_bytes_max = std::size_t{1} << 30};

// Numbers stay as they are written, which they would not by way of a Value.
std::string without_white_space(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  bool is_in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char byte = json[i];
    if (byte == '"') is_in_string = !is_in_string;
    const bool is_space = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    if (is_in_string || !is_space) text += byte;
    if (byte == '\\') text += json[++i];  // only in strings, where something follows it
  }
  return text;
}

}  // namespace

Value read_output_line(const std::string& text) { return Value::from_json(text, line_limits); }

const Value* find_reference(const Value& line) noexcept {
  if (line.contains("$ref")) return &line;
  const Value* const result = line.find("result");
  return result != nullptr && result->contains("$ref") ? result : nullptr;
}

std::string to_one_line(const std::string& payload) {
  try {
    if (!Value::from_json(payload, payload_limits).is_object())
      throw std::runtime_error("its payload is damaged: not a JSON object");
  } catch (const ParseError& error) {
    throw std::runtime_error(fmt::format("its payload is damaged: {}", error.what()));
  }
  return payload.find('\n') == payload.npos ? payload : without_white_space(payload);
}

std::string put_in_place(const Value& line, const Value& reference, const std::string& payload) {
  if (&line == &reference) return payload + "\n";
  std::string text;
  for (const auto& [name, value] : line.as_object()) {
    text += fmt::format("{}{}:{}", text.empty() ? '{' : ',', Value(name).to_json(),
                        &value == &reference ? payload : value.to_json());
  }
  return text + "}\n";
}

}  // namespace ahp_tool
