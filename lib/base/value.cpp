#include <async_http_pool/value.hpp>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/printable.hpp"

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

using ValuePair = std::pair<const Value*, const Value*>;

/// Whether two values that are not both arrays or both objects are the same. Those that are go to
/// `nested`, to be looked at later.
bool is_same_or_nested(const Value& left, const Value& right, std::vector<ValuePair>& nested) {
  if ((left.is_array() && right.is_array()) || (left.is_object() && right.is_object())) {
    nested.emplace_back(&left, &right);
    return left.size() == right.size();
  }
  if (left.is_null()) return right.is_null();
  if (left.is_bool()) return right.is_bool() && left.as_bool() == right.as_bool();
  if (left.is_integer()) return right.is_integer() && left.as_integer() == right.as_integer();
  if (left.is_double()) return right.is_double() && left.as_double() == right.as_double();
  return left.is_string() && right.is_string() && left.as_string() == right.as_string();
}

/// The members from `first` on in the order of their names; those of one name stay in theirs.
std::vector<const Value::Member*> sorted_members(const Value::Object& object, std::size_t first) {
  std::vector<const Value::Member*> sorted;
  sorted.reserve(object.size() - first);
  for (std::size_t i = first; i < object.size(); ++i) sorted.push_back(&object[i]);
  std::ranges::stable_sort(sorted, {},
                           [](const auto* member) -> const std::string& { return member->first; });
  return sorted;
}

bool have_same_members(const Value::Object& left, const Value::Object& right,
                       std::vector<ValuePair>& nested) {
  std::size_t same_order = 0;
  for (; same_order < left.size(); ++same_order) {
    const auto& [name, value] = left[same_order];
    const auto& [other_name, other] = right[same_order];
    if (name != other_name) break;
    if (!is_same_or_nested(value, other, nested)) return false;
  }
  if (same_order == left.size()) return true;
  const auto members = sorted_members(left, same_order);
  const auto others = sorted_members(right, same_order);
  return std::ranges::equal(members, others, [&](const auto* member, const auto* other) {
    return member->first == other->first &&
           is_same_or_nested(member->second, other->second, nested);
  });
}

bool have_same_items(const Value::Array& left, const Value::Array& right,
                     std::vector<ValuePair>& nested) {
  return std::ranges::equal(left, right, [&](const Value& item, const Value& other) {
    return is_same_or_nested(item, other, nested);
  });
}

void take_if_nested(Value& value, Value::Array& taken) {
  // An empty one is as good as flat; a moved-from one is empty.
  if (value.size() > 0) taken.push_back(std::move(value));
}

/// Moves the arrays and objects that `value` holds, one level down, to `taken`.
void take_nested(Value::Array* items, Value::Object* members, Value::Array& taken) {
  if (items != nullptr) {
    for (Value& item : *items) take_if_nested(item, taken);
  } else if (members != nullptr) {
    for (auto& [name, member] : *members) take_if_nested(member, taken);
  }
}

}  // namespace

/// Takes all that is nested out of this value, so that its destruction goes one level down and no
/// further. Destructors of the parts find nothing left to do.
void Value::flatten() noexcept {
  if (size() == 0) return;
  Array taken;
  try {
    take_nested(std::get_if<Array>(&data_), std::get_if<Object>(&data_), taken);
    while (!taken.empty()) {
      const std::size_t last = taken.size() - 1;
      Data part = std::move(taken[last].data_);
      taken.pop_back();
      take_nested(std::get_if<Array>(&part), std::get_if<Object>(&part), taken);
    }
  } catch (const std::bad_alloc&) {
    // What is left goes the usual way, by recursion.
    return;
  }
}

bool operator==(const Value& left, const Value& right) {
  // A stack of our own: an application may nest values more deeply than the call stack is high.
  std::vector<ValuePair> nested;
  if (!is_same_or_nested(left, right, nested)) return false;
  while (!nested.empty()) {
    const auto [one, other] = nested.back();
    nested.pop_back();
    const bool is_same = one->is_array()
                             ? have_same_items(one->as_array(), other->as_array(), nested)
                             : have_same_members(one->as_object(), other->as_object(), nested);
    if (!is_same) return false;
  }
  return true;
}

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

const Value& Value::operator[](std::string_view name) const {
  static_cast<void>(as_object());
  if (const Value* member = find(name)) return *member;
  throw std::out_of_range("value has no member " + quoted(name));
}

const Value& Value::at(std::size_t index) const {
  const Array& items = as_array();
  if (index < items.size()) return items[index];
  throw std::out_of_range("value has " + std::to_string(items.size()) +
                          " elements, got: " + std::to_string(index));
}

std::size_t Value::size() const noexcept {
  if (const auto* items = std::get_if<Array>(&data_)) return items->size();
  if (const auto* members = std::get_if<Object>(&data_)) return members->size();
  return 0;
}

}  // namespace async_http_pool
