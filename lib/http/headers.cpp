#include <async_http_pool/headers.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/printable.hpp"
#include "http/ascii.hpp"
#include "http/method.hpp"

namespace async_http_pool {
namespace {

/// Whether the field may be sent. A value is not quoted in the message: it may be a credential.
void check_field(std::string_view name, std::string_view value) {
  if (!is_token(name)) {
    throw std::invalid_argument("header name must be a token, got: " + quoted(name));
  }
  if (!is_line_text(value)) {
    throw std::invalid_argument(
        "header value must be free of CR, LF and NUL, got one that is not for: " + quoted(name));
  }
}

/// Whether `name` in any case is `stored`, which is in lower case.
bool is_called(std::string_view stored, std::string_view name) noexcept {
  return std::ranges::equal(stored, name, [](char a, char b) { return a == to_lower(b); });
}

}  // namespace

Headers::Headers(std::initializer_list<Field> fields) {
  for (const auto& [name, value] : fields) {
    set(name, value);
  }
}

void Headers::set(std::string_view name, std::string_view value) {
  check_field(name, value);
  // A copy: both may be views of fields that change below.
  Field field(to_lower(name), trim(value));
  const auto first = std::ranges::find(fields_, field.first, &Field::first);
  if (first == fields_.end()) {
    fields_.push_back(std::move(field));
    return;
  }
  first->second = std::move(field.second);
  fields_.erase(std::remove_if(first + 1, fields_.end(),
                               [&](const Field& other) { return other.first == field.first; }),
                fields_.end());
}

void Headers::add(std::string_view name, std::string_view value) {
  check_field(name, value);
  make_lower(fields_.emplace_back(name, trim(value)).first);
}

std::size_t Headers::remove(std::string_view name) {
  if (!contains(name)) return 0;
  const std::string wanted = to_lower(name);  // a copy: `name` may be a view of a field that goes
  return std::erase_if(fields_, [&](const Field& field) { return field.first == wanted; });
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
  for (const auto& [field, value] : fields_) {
    if (is_called(field, name)) {
      return value;
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (is_called(field, name)) {
      values.emplace_back(value);
    }
  }
  return values;
}

std::optional<std::string> Headers::joined(std::string_view name) const {
  // A cookie may contain a comma, in its date: RFC 9110, section 5.3.
  std::string_view separator = ", ";
  if (equals_ignoring_case(name, "set-cookie")) separator = "\n";
  if (equals_ignoring_case(name, "cookie")) separator = "; ";  // RFC 6265, section 5.4
  std::optional<std::string> result;
  for (const auto& [field, value] : fields_) {
    if (!is_called(field, name)) {
      continue;
    }
    if (result) {
      result->append(separator).append(value);
    } else {
      result = value;
    }
  }
  return result;
}

}  // namespace async_http_pool
