#include "option.hpp"

#include "message_text.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace ahp_tool {
namespace {

using async_http_pool::Value;

bool is_of_kind(const Value& value, OptionKind kind) {
  switch (kind) {
    case OptionKind::flag:
      return value.is_bool();
    case OptionKind::integer:
      return value.is_integer();
    case OptionKind::seconds:
      return value.is_number();
    case OptionKind::text:
      return value.is_string();
  }
  return false;
}

std::string_view describe(OptionKind kind) {
  switch (kind) {
    case OptionKind::flag:
      return "true or false";
    case OptionKind::integer:
      return "an integer";
    case OptionKind::seconds:
      return "a number of seconds";
    case OptionKind::text:
      return "a string";
  }
  return "";
}

std::string_view type_of(const Value& value) {
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  if (value.is_string()) return "a string";
  if (value.is_number()) return "a number";
  return value.is_null() ? "null" : "true or false";
}

// The type only, where the value may hold credentials.
std::string describe(const Value& value, OptionKind wanted) {
  if (value.is_array() || value.is_object() || wanted == OptionKind::text)
    return std::string(type_of(value));
  if (!value.is_string()) return value.to_json();
  const std::string& text = value.as_string();
  constexpr std::size_t harmless_bytes_max = 32;
  if (text.size() > harmless_bytes_max || text.find_first_of(":@/") != text.npos)
    return std::string(type_of(value));
  // JSON has no form for bytes that are not UTF-8.
  return is_utf8(text) ? value.to_json() : fmt::format("\"{}\"", text);
}

// Whether it would be an integer if those had no end.
bool is_integer_out_of_range(const Value& value) {
  if (value.is_double())
    return std::abs(value.as_double()) >= 0x1p63 && std::isfinite(value.as_double());
  if (!value.is_string()) return false;
  const std::string& text = value.as_string();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc::result_out_of_range && end == text.data() + text.size();
}

std::string usage_of(const Option& option) {
  return fmt::format("--{}{}{}", option.name, option.argument.empty() ? "" : " ", option.argument);
}

}  // namespace

void apply_option(const Option& option, const Value& value, std::string_view shown_name,
                  Settings& settings) {
  if (!is_of_kind(value, option.kind)) {
    if (option.kind == OptionKind::integer && is_integer_out_of_range(value)) {
      throw UsageError(fmt::format("{}: {} is out of range", shown_name,
                                   value.is_string() ? value.as_string() : value.to_json()));
    }
    throw UsageError(fmt::format("{} must be {}, got {}", shown_name, describe(option.kind),
                                 describe(value, option.kind)));
  }
  try {
    option.apply(value, settings);
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}", shown_name, error.what()));
  }
}

std::string describe_options(OptionTable options) {
  std::size_t width = 0;
  for (const Option& option : options) width = std::max(width, usage_of(option).size());
  std::string text;
  for (const Option& option : options)
    text += fmt::format("  {:{}}  {}\n", usage_of(option), width, option.help);
  return text;
}

}  // namespace ahp_tool
