#include "http/media_type.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "http/ascii.hpp"
#include "http/method.hpp"

namespace async_http_pool {
namespace {

/// The first of fields that were joined by commas, as documents have them: what was read from the
/// fields and what is read from the document must be the same.
std::string_view first_field(std::string_view content_type) noexcept {
  bool is_quoted = false;
  for (std::size_t i = 0; i < content_type.size(); ++i) {
    const char c = content_type[i];
    if (c == ',' && !is_quoted) return content_type.substr(0, i);
    if (c == '"') is_quoted = !is_quoted;
    if (c == '\\' && is_quoted) ++i;
  }
  return content_type;
}

/// "text/html" of "text/html; charset=utf-8"
std::string_view essence_of(std::string_view content_type) noexcept {
  content_type = first_field(content_type);
  return trim(content_type.substr(0, content_type.find(';')));
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) noexcept {
  return text.size() > end.size() &&
         equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

/// Takes a parameter's value off `rest`, up to and with the `;` that ends it.
std::string take_value(std::string_view& rest) {
  rest = trim(rest);
  std::string value;
  if (rest.starts_with('"')) {
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size()) {
        ++i;
      }
      value += rest[i];
    }
    rest.remove_prefix(i);
  }
  const std::size_t end = std::min(rest.find(';'), rest.size());
  if (!rest.starts_with('"')) {
    value.append(trim(rest.substr(0, end)));
  }
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

}  // namespace

bool is_media_type(std::string_view text) noexcept {
  const std::string_view type = trim(text.substr(0, text.find(';')));
  const std::size_t slash = type.find('/');
  return slash != std::string_view::npos && is_token(type.substr(0, slash)) &&
         is_token(type.substr(slash + 1));
}

bool is_text_type(std::string_view content_type) noexcept {
  const std::string_view type = essence_of(content_type);
  return equals_ignoring_case(type.substr(0, 5), "text/") ||
         equals_ignoring_case(type, "application/json") ||
         equals_ignoring_case(type, "application/xml") ||
         equals_ignoring_case(type, "application/javascript") ||
         ends_with_ignoring_case(type, "+json") || ends_with_ignoring_case(type, "+xml");
}

bool is_json_type(std::string_view content_type) noexcept {
  const std::string_view type = essence_of(content_type);
  return equals_ignoring_case(type, "application/json") ||
         equals_ignoring_case(type, "text/json") || ends_with_ignoring_case(type, "+json");
}

bool is_event_stream_type(std::string_view content_type) noexcept {
  return equals_ignoring_case(essence_of(content_type), "text/event-stream");
}

std::optional<std::string> charset_of(std::string_view content_type) {
  content_type = first_field(content_type);
  const std::size_t parameters = content_type.find(';');
  std::string_view rest = parameters == std::string_view::npos
                              ? std::string_view()
                              : content_type.substr(parameters + 1);
  while (!rest.empty()) {
    const std::size_t name_end = std::min(rest.find_first_of("=;"), rest.size());
    const std::string_view name = trim(rest.substr(0, name_end));
    const bool has_value = name_end < rest.size() && rest[name_end] == '=';
    rest.remove_prefix(std::min(name_end + 1, rest.size()));
    if (!has_value) {
      continue;
    }
    const std::string value = take_value(rest);
    if (equals_ignoring_case(name, "charset") && !value.empty()) {
      return to_lower(value);
    }
  }
  return std::nullopt;
}

}  // namespace async_http_pool
