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

/// Ruby reads 100 levels by default. The document of an HTTP error holds the arguments two levels
/// down, and stands in the array of arguments of a job, which is an object: 96 are left.
constexpr std::size_t depth_max = 96;

// Names may come from strangers, and be of any length.
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t path_bytes_max = 500;

/// One step of the way to a value; on the stack, so that a path costs nothing until it is needed.
struct Place {
  const Place* parent;
  const std::string* name;  ///< null for an element of an array
  std::size_t index;
};

std::string shortened(std::string_view text, std::size_t bytes_max) {
  const std::string_view beginning = beginning_of(text, bytes_max);
  return std::string(beginning).append(beginning.size() < text.size() ? "..." : "");
}

std::string whole_path_of(const Place* place) {
  if (place == nullptr) return {};
  std::string path = whole_path_of(place->parent);
  if (place->name == nullptr) return path + "[" + std::to_string(place->index) + "]";
  if (!path.empty()) path += ".";
  return path + printable(shortened(*place->name, name_bytes_max));
}

std::string path_of(const Place* place) { return shortened(whole_path_of(place), path_bytes_max); }

[[noreturn]] void refuse(const Place* place, std::string_view reason) {
  std::string message("callback_args: ");
  if (place != nullptr) message.append(path_of(place)).append(" ");
  throw std::invalid_argument(message.append(reason));
}

void check(const Value& value, const Place* place, std::size_t depth) {
  if (value.is_double() && !std::isfinite(value.as_double())) refuse(place, "is NaN or infinite");
  if (value.is_string() && !is_utf8(value.as_string())) refuse(place, "is not UTF-8");
  if (!value.is_array() && !value.is_object()) return;
  if (depth == depth_max) refuse(place, "is nested deeper than 96 levels");
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
