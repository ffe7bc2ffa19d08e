#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/value.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace async_http_pool {

/// Data of the application that travels with a task and comes back with its response or error: a
/// JSON object. A value type.
class AHP_EXPORT CallbackArgs {
 public:
  CallbackArgs() noexcept = default;
  /// `CallbackArgs{{"user_id", 123}}`. Throws `std::invalid_argument` with the path of the offender
  /// (`args[1].b`) when a value cannot be written as JSON: NaN, an infinity, a string that is not
  /// UTF-8; or when arrays and objects are nested more than 96 deep, their own object included.
  CallbackArgs(std::initializer_list<Value::Member> members);
  /// From an object; throws `std::invalid_argument` for any other value, and as above.
  explicit CallbackArgs(Value object);

  /// Reads a JSON object. Throws `ParseError`.
  static CallbackArgs from_json(std::string_view text, const ParseLimits& limits = {});
  [[nodiscard]] std::string to_json() const { return value_.to_json(); }

  /// The argument called `name`. Throws `std::out_of_range` when there is none.
  [[nodiscard]] const Value& operator[](std::string_view name) const;
  /// The argument called `name`, or `fallback`.
  [[nodiscard]] Value fetch(std::string_view name, Value fallback = {}) const;
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return value_.find(name) != nullptr;
  }

  [[nodiscard]] std::size_t size() const noexcept { return value_.as_object().size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] auto begin() const noexcept { return value_.as_object().begin(); }
  [[nodiscard]] auto end() const noexcept { return value_.as_object().end(); }
  /// The arguments as a JSON object.
  [[nodiscard]] const Value& value() const noexcept { return value_; }

  friend bool operator==(const CallbackArgs&, const CallbackArgs&) = default;

 private:
  Value value_ = Value::Object();
};

}  // namespace async_http_pool
