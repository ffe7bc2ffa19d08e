#include <async_http_pool/callback_args.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/printable.hpp"
#include "base/utf8.hpp"

namespace async_http_pool {
namespace {

/// An error document holds the arguments two levels down and a store may wrap it again: what is
/// accepted here stays within the depth that `Value::from_json` reads by default.
constexpr std::size_t depth_max = 100;

/// One step of the way to a value; on the stack, so that a path costs nothing until it is needed.
struct Place {
  const Place* parent;
  const std::string* name;  ///< null for an element of an array
  std::size_t index;
};

std::string path_of(const Place* place) {
  if (place == nullptr) return {};
  std::string path = path_of(place->parent);
  if (place->name == nullptr) return path + "[" + std::to_string(place->index) + "]";
  if (!path.empty()) path += ".";
  return path + *place->name;
}

[[noreturn]] void refuse(const Place* place, std::string_view reason) {
  std::string message("callback_args: ");
  if (place != nullptr) message.append(path_of(place)).append(" ");
  throw std::invalid_argument(message.append(reason));
}

void check(const Value& value, const Place* place, std::size_t depth) {
  if (value.is_double() && !std::isfinite(value.as_double())) refuse(place, "is NaN or infinite");
  if (value.is_string() && !is_utf8(value.as_string())) refuse(place, "is not UTF-8");
  if (!value.is_array() && !value.is_object()) return;
  if (depth == depth_max) refuse(place, "is nested deeper than 100 levels");
  if (value.is_array()) {
    const Value::Array& items = value.as_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Place item{place, nullptr, i};
      check(items[i], &item, depth + 1);
    }
    return;
  }
  for (const auto& [name, member] : value.as_object()) {
    // The name itself is left out: an error message is to be text.
    if (!is_utf8(name)) refuse(place, "has a member whose name is not UTF-8");
    const Place here{place, &name, 0};
    check(member, &here, depth + 1);
  }
}

}  // namespace

CallbackArgs::CallbackArgs(std::initializer_list<Value::Member> members)
    : CallbackArgs(Value::object(members)) {}

CallbackArgs::CallbackArgs(Value object) {
  if (!object.is_object()) refuse(nullptr, "must be an object");
  check(object, nullptr, 0);
  value_ = std::move(object);
}

const Value& CallbackArgs::operator[](std::string_view name) const {
  if (const Value* value = value_.find(name)) return *value;
  throw std::out_of_range("callback_args: no argument " + quoted(name));
}

Value CallbackArgs::fetch(std::string_view name, Value fallback) const {
  if (const Value* value = value_.find(name)) return *value;
  return fallback;
}

}  // namespace async_http_pool
