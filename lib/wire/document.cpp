#include "wire/document.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

#include "base/utf8.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {

std::string json_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> standard = {"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};
  if (std::find(standard.begin(), standard.end(), method) == standard.end())
    return std::string(method);
  return to_lower(method);
}

std::string foreign_text(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string converted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      converted += c;
    } else {
      converted += static_cast<char>(0xC0 | (byte >> 6));
      converted += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return converted;
}

void write_foreign_text(JsonWriter& writer, std::string_view text) {
  if (is_utf8(text)) return writer.string(text);
  writer.string(foreign_text(text));
}

void write_strings(JsonWriter& writer, const std::vector<std::string>& strings) {
  writer.begin_array();
  for (const std::string& string : strings) write_foreign_text(writer, string);
  writer.end_array();
}

void write_headers(JsonWriter& writer, const Headers& headers) {
  std::unordered_map<std::string_view, std::size_t> counts;
  for (const auto& [name, value] : headers) ++counts[name];
  writer.begin_object();
  for (const auto& [name, value] : headers) {
    std::size_t& count = counts[name];
    if (count == 0) continue;  // is written
    writer.key(name);
    write_foreign_text(writer, count == 1 ? value : headers.joined(name).value_or(value));
    count = 0;
  }
  writer.end_object();
}

}  // namespace async_http_pool
