#include "wire/json_number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace async_http_pool {
namespace {

/// Whether a number that no double can hold is below one, and not above.
bool is_tiny(std::string_view text) {
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, mark);
  std::string_view exponent_text = text.substr(std::min(mark + 1, text.size()));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int32_t exponent = 0;
  const auto result =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (result.ec == std::errc::result_out_of_range) return exponent_text.starts_with('-');
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
  return exponent + point - first < 0;
}

}  // namespace

std::optional<Value> parse_json_number(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (text.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t integer = 0;
    if (std::from_chars(text.data(), end, integer).ec == std::errc()) return Value(integer);
  }
  double number = 0;
  const bool is_out_of_range = std::from_chars(text.data(), end, number).ec != std::errc();
  if (is_out_of_range || std::isinf(number)) {
    if (!is_tiny(text)) return std::nullopt;
    number = text.starts_with('-') ? -0.0 : 0.0;
  }
  return Value(number);
}

}  // namespace async_http_pool
