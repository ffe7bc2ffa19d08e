#include "request/query_params.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "http/form_encoding.hpp"

namespace async_http_pool {
namespace {

void begin_param(std::string& query, std::string_view name) {
  if (!query.empty()) query += '&';
  append_form_encoded(query, name);
}

void append_param(std::string& query, std::string_view name, std::string_view value) {
  begin_param(query, name);
  query += '=';
  append_form_encoded(query, value);
}

/// What of a parameter's value is one `name=value`.
void append_scalar(std::string& query, std::string_view name, const Value& value) {
  if (value.is_null()) {
    begin_param(query, name);
  } else if (value.is_string()) {
    append_param(query, name, value.as_string());
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

void append_value(std::string& query, std::string_view name, const Value& value) {
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

bool QueryParams::empty() const noexcept {
  return own_.empty() && std::ranges::all_of(inherited_, [](const Inherited& inherited) {
           return inherited.text.empty();
         });
}

std::string QueryParams::text() const {
  std::string query;
  const auto append = [&query](const std::string& part) {
    if (!query.empty() && !part.empty()) query += '&';
    query += part;
  };
  for (const Inherited& inherited : inherited_) append(inherited.text);
  append(own_);
  return query;
}

std::string& QueryParams::place_of(std::string_view name) {
  const auto place = std::ranges::find(inherited_, name, &Inherited::name);
  if (place == inherited_.end()) return own_;
  if (!std::exchange(place->is_replaced, true)) place->text.clear();
  return place->text;
}

}  // namespace async_http_pool
