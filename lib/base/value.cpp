#include <async_http_pool/value.hpp>

#include <algorithm>
#include <stdexcept>

namespace async_http_pool {
namespace {

std::string_view type_name(const Value& value) noexcept {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "a bool";
  if (value.is_integer()) return "an integer";
  if (value.is_double()) return "a double";
  if (value.is_string()) return "a string";
  if (value.is_array()) return "an array";
  return "an object";
}

/// `content`, or the complaint that `value` is not `wanted`. The content itself may be a secret and
/// is not named.
template <typename T>
const T& checked(const T* content, const Value& value, std::string_view wanted) {
  if (content == nullptr) {
    throw std::invalid_argument(
        std::string("value must be ").append(wanted).append(", got: ").append(type_name(value)));
  }
  return *content;
}

}  // namespace

bool Value::as_bool() const { return checked(std::get_if<bool>(&data_), *this, "a bool"); }

std::int64_t Value::as_integer() const {
  return checked(std::get_if<std::int64_t>(&data_), *this, "an integer");
}

double Value::as_double() const {
  if (const auto* integer = std::get_if<std::int64_t>(&data_)) {
    return static_cast<double>(*integer);
  }
  return checked(std::get_if<double>(&data_), *this, "a double");
}

const std::string& Value::as_string() const {
  return checked(std::get_if<std::string>(&data_), *this, "a string");
}

const Value::Array& Value::as_array() const {
  return checked(std::get_if<Array>(&data_), *this, "an array");
}

const Value::Object& Value::as_object() const {
  return checked(std::get_if<Object>(&data_), *this, "an object");
}

const Value* Value::find(std::string_view name) const noexcept {
  const auto* members = std::get_if<Object>(&data_);
  if (members == nullptr) {
    return nullptr;
  }
  const auto last = std::find_if(members->rbegin(), members->rend(),
                                 [&](const Member& member) { return member.first == name; });
  return last == members->rend() ? nullptr : &last->second;
}

}  // namespace async_http_pool
