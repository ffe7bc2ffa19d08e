#include "config/option_values.hpp"

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {
namespace {

template <typename Integer>
Integer checked_integer(const Value& value) {
  const std::int64_t integer = value.as_integer();
  if (!std::in_range<Integer>(integer))
    throw std::invalid_argument(fmt::format("{} is out of range", integer));
  return static_cast<Integer>(integer);
}

}  // namespace

Value value_of_option(Milliseconds value) { return std::chrono::duration<double>(value).count(); }

Value value_of_option(const TextList& value) { return Value::Array(value.begin(), value.end()); }

void read_option(const Value& value, bool& option) { option = value.as_bool(); }
void read_option(const Value& value, int& option) { option = checked_integer<int>(value); }
void read_option(const Value& value, std::size_t& option) {
  option = checked_integer<std::size_t>(value);
}
void read_option(const Value& value, std::string& option) { option = value.as_string(); }

void read_option(const Value& value, Milliseconds& option) {
  constexpr double seconds_max = 1e9;  // what rules allow is far below, what an integer holds above
  const double seconds = value.as_double();
  // Written so that NaN is refused, too.
  if (!(std::abs(seconds) <= seconds_max))
    throw std::invalid_argument(fmt::format("{} s is out of range", seconds));
  option = Milliseconds(std::llround(seconds * 1000));
}

void read_option(const Value& value, TextList& option) {
  TextList texts;
  for (const Value& text : value.as_array()) texts.push_back(text.as_string());
  option = std::move(texts);
}

}  // namespace async_http_pool
