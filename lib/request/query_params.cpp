#include "request/query_params.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "http/form_encoding.hpp"

namespace async_http_pool {
namespace {

using Query = std::optional<std::string>;

/// Returns the text to go on with.
std::string& begin_param(Query& query, std::string_view name) {
  if (query.has_value()) {
    *query += '&';
  } else {
    query.emplace();
  }
  append_form_encoded(*query, name);
  return *query;
}

void append_param(Query& query, std::string_view name, std::string_view value) {
  std::string& text = begin_param(query, name);
  text += '=';
  append_form_encoded(text, value);
}

/// As Ruby's Float#to_s, and so the original, writes it: the fewest digits that tell it from all
/// others, with a point, and with an exponent below 0.0001 and from 1e16 on.
std::string double_text(double value) {
  std::array<char, 32> buffer{};  // enough for 17 digits, sign, point and exponent or zeros
  const auto write = [&](std::chars_format format) {
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
    return std::string(buffer.data(), result.ptr);
  };
  constexpr double exponent_below = 1e-4;
  constexpr double exponent_from = 1e16;
  const double size = std::abs(value);
  const bool has_exponent = size != 0 && (size < exponent_below || size >= exponent_from);
  std::string text = write(has_exponent ? std::chars_format::scientific : std::chars_format::fixed);
  if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".0");
  return text;
}

/// What of a parameter's value is one `name=value`.
void append_scalar(Query& query, std::string_view name, const Value& value) {
  if (value.is_null()) {
    begin_param(query, name);
  } else if (value.is_string()) {
    append_param(query, name, value.as_string());
  } else if (value.is_double()) {
    append_param(query, name, double_text(value.as_double()));
  } else {
    append_param(query, name, value.to_json());
  }
}

/// The values themselves may be secrets and stay out of the messages.
void check_scalar(const std::string& name, const Value& value) {
  if (value.is_array() || value.is_object()) {
    throw std::invalid_argument(
        fmt::format("value of parameter {} must be null, a bool, a number, a string or an array "
                    "of those, got: {}",
                    quoted(name), value.is_array() ? "an array in an array" : "an object"));
  }
  if (value.is_double()) static_cast<void>(value.to_json());  // refuses NaN and infinities
}

void check_params(const Value& object) {
  if (!object.is_object()) throw std::invalid_argument("params must be an object");
  for (const auto& [name, value] : object.as_object()) {
    if (!value.is_array()) {
      check_scalar(name, value);
      continue;
    }
    for (const Value& item : value.as_array()) check_scalar(name, item);
  }
}

void append_value(Query& query, std::string_view name, const Value& value) {
  if (!value.is_array()) return append_scalar(query, name, value);
  for (const Value& item : value.as_array()) append_scalar(query, name, item);
}

}  // namespace

QueryParams QueryParams::of_template(const Value& object) {
  check_params(object);
  QueryParams params;
  for (const auto& [name, value] : object.as_object()) {
    auto place = std::ranges::find(params.inherited_, name, &Inherited::name);
    if (place == params.inherited_.end())
      place = params.inherited_.insert(place, {.name = name, .text = {}});
    append_value(place->text, name, value);
  }
  return params;
}

void QueryParams::add(std::string_view name, std::string_view value) {
  append_param(place_of(name), name, value);
}

void QueryParams::add(const Value& object) {
  check_params(object);
  for (const auto& [name, value] : object.as_object()) append_value(place_of(name), name, value);
}

std::optional<std::string> QueryParams::text() const {
  Query query;
  const auto append = [&query](const Query& part) {
    if (!part.has_value()) return;
    query = query.has_value() ? *query + "&" + *part : *part;
  };
  for (const Inherited& inherited : inherited_) append(inherited.text);
  append(own_);
  return query;
}

QueryParams::Query& QueryParams::place_of(std::string_view name) {
  const auto place = std::ranges::find(inherited_, name, &Inherited::name);
  if (place == inherited_.end()) return own_;
  if (!std::exchange(place->is_replaced, true)) place->text.reset();
  return place->text;
}

}  // namespace async_http_pool
