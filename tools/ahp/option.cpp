#include "option.hpp"

#include "message_text.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

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

// As in JSON, which has no form for bytes that are not UTF-8.
std::string describe(const Value& value) {
  const bool is_text = !value.is_string() || is_utf8(value.as_string());
  return is_text ? value.to_json() : fmt::format("\"{}\"", value.as_string());
}

std::string usage_of(const Option& option) {
  return fmt::format("--{}{}{}", option.name, option.argument.empty() ? "" : " ", option.argument);
}

}  // namespace

void apply_option(const Option& option, const Value& value, std::string_view shown_name,
                  Settings& settings) {
  if (!is_of_kind(value, option.kind)) {
    throw UsageError(
        fmt::format("{} must be {}, got {}", shown_name, describe(option.kind), describe(value)));
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
