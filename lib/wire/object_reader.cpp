#include "wire/object_reader.hpp"

#include <cmath>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "base/clock.hpp"
#include "base/printable.hpp"
#include "http/ascii.hpp"
#include "http/method.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view missing = "is missing";

struct HeaderMember {
  const std::string* name;
  const Value* value;
};

/// The members of `object`, each name once: where it first stood, with the value that stood last.
std::vector<HeaderMember> distinct_headers(const Value::Object& object) {
  std::vector<HeaderMember> distinct;
  std::unordered_map<std::string, std::size_t> places;
  for (const auto& [name, value] : object) {
    const auto [place, is_new] = places.try_emplace(to_lower(name), distinct.size());
    if (is_new) {
      distinct.push_back({&name, &value});
    } else {
      distinct[place->second].value = &value;
    }
  }
  return distinct;
}

/// A cookie may contain a comma, so its fields are joined by what no value can contain.
void add_cookies(Headers& headers, std::string_view name, std::string_view value) {
  for (std::size_t end = 0; (end = value.find('\n')) != std::string_view::npos;) {
    headers.add(name, value.substr(0, end));
    value.remove_prefix(end + 1);
  }
  headers.add(name, value);
}

void add_header(Headers& headers, std::string_view name, const Value& value) {
  if (value.is_null()) return;
  if (value.is_bool() || value.is_number()) return headers.add(name, value.to_json());
  if (equals_ignoring_case(name, "set-cookie")) {
    add_cookies(headers, name, value.as_string());
  } else {
    headers.add(name, value.as_string());
  }
}

}  // namespace

ObjectReader::ObjectReader(const Value& value, Origin origin)
    : ObjectReader(value, std::string(origin.path), origin.text_bytes) {}

ObjectReader::ObjectReader(const Value& value, std::string path, std::size_t text_bytes)
    : value_(&value), path_(std::move(path)), text_bytes_(text_bytes) {
  check({}, [&] { return value.as_object().size(); });
}

void ObjectReader::refuse(std::string_view name, std::string_view reason) const {
  const std::string path = name.empty() ? path_ : fmt::format("{}.{}", path_, name);
  throw ParseError(fmt::format("{}: {}", path, reason), text_bytes_);
}

const Value* ObjectReader::member(std::string_view name) const noexcept {
  const Value* value = value_->find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const Value& ObjectReader::required(std::string_view name) const {
  if (const Value* value = member(name)) return *value;
  refuse(name, missing);
}

bool ObjectReader::is_null(std::string_view name) const noexcept {
  const Value* value = value_->find(name);
  return value != nullptr && value->is_null();
}

const std::string& ObjectReader::string(std::string_view name) const {
  const Value& value = required(name);
  check(name, [&] { return value.as_string().size(); });
  return value.as_string();
}

std::string ObjectReader::optional_string(std::string_view name) const {
  return member(name) == nullptr ? std::string() : string(name);
}

std::vector<std::string> ObjectReader::strings(std::string_view name) const {
  std::vector<std::string> strings;
  const Value* value = member(name);
  if (value == nullptr) return strings;
  check(name, [&] { return strings.reserve(value->as_array().size()); });
  for (const Value& item : value->as_array()) {
    if (!item.is_string()) {
      const std::string place = fmt::format("{}[{}]", name, strings.size());
      check(place, [&] { return item.as_string().size(); });
    }
    strings.push_back(item.as_string());
  }
  return strings;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) const {
  const Value* value = member(name);
  if (value == nullptr) return std::nullopt;
  return check(name, [&] { return value->as_bool(); });
}

CallbackArgs ObjectReader::callback_args(std::string_view name) const {
  const Value* value = member(name);
  if (value == nullptr) return {};
  return check(name, [&] { return CallbackArgs(*value); });
}

std::optional<int> ObjectReader::integer(std::string_view name) const {
  const Value* value = member(name);
  if (value == nullptr) return std::nullopt;
  const std::int64_t integer = check(name, [&] { return value->as_integer(); });
  if (!std::in_range<int>(integer)) refuse(name, fmt::format("is out of range, got: {}", integer));
  return static_cast<int>(integer);
}

std::chrono::nanoseconds ObjectReader::duration(std::string_view name) const {
  constexpr auto seconds_max = static_cast<double>(duration_max.count());
  constexpr double nanoseconds_per_second = 1e9;
  const Value* value = member(name);
  if (value == nullptr) return std::chrono::nanoseconds(0);
  const double seconds = check(name, [&] { return value->as_double(); });
  if (!(seconds >= 0 && seconds <= seconds_max)) {
    refuse(name,
           fmt::format("must be between 0 and {:.0f} seconds, got: {}", seconds_max, seconds));
  }
  // The parts apart: their sum has more digits than a double.
  const double whole = std::floor(seconds);
  const double rest = std::round((seconds - whole) * nanoseconds_per_second);
  return std::chrono::seconds(static_cast<std::int64_t>(whole)) +
         std::chrono::nanoseconds(static_cast<std::int64_t>(rest));
}

std::string ObjectReader::method(std::string_view name) const {
  std::string_view method = string(name);
  if (method.starts_with(':')) method.remove_prefix(1);  // a symbol, as Ruby shows it
  return check(name, [&] { return normalize_method(method); });
}

std::string ObjectReader::method_or_empty(std::string_view name) const {
  return string(name).empty() ? std::string() : method(name);
}

Headers ObjectReader::headers(std::string_view name) const {
  Headers headers;
  const Value* value = member(name);
  if (value == nullptr) return headers;
  check(name, [&] { return value->as_object().size(); });
  for (const HeaderMember& field : distinct_headers(value->as_object())) {
    const std::string place = fmt::format("{}[{}]", name, quoted(*field.name));
    check(place, [&] {
      if (!field.value->is_array()) return add_header(headers, *field.name, *field.value);
      for (const Value& item : field.value->as_array()) add_header(headers, *field.name, item);
    });
  }
  return headers;
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view name) const {
  std::vector<ObjectReader> readers;
  const Value* value = member(name);
  if (value == nullptr) return readers;
  check(name, [&] { readers.reserve(value->as_array().size()); });
  for (const Value& item : value->as_array()) {
    const std::string path = fmt::format("{}.{}[{}]", path_, name, readers.size());
    readers.push_back({item, path, text_bytes_});
  }
  return readers;
}

ObjectReader ObjectReader::object(std::string_view name) const {
  return {required(name), fmt::format("{}.{}", path_, name), text_bytes_};
}

}  // namespace async_http_pool
