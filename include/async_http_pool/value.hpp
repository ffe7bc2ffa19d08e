#pragma once

#include <async_http_pool/export.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace async_http_pool {

/// Bounds of every `from_json`. What is beyond them is refused with a `ParseError`.
struct ParseLimits {
  std::size_t depth_max = 128;              ///< nested arrays and objects; 1024 is the most
  std::size_t text_bytes_max = 256U << 20;  ///< length of the document
  std::size_t body_bytes_max = 256U << 20;  ///< length of a body that the document encodes
  /// Values of all kinds in the document, nested ones included: each takes far more memory than the
  /// two bytes of text that it may come from.
  std::size_t values_max = 4'000'000;
};

/// A JSON value (RFC 8259): null, bool, integer, double, string, array or object. A value type.
///
/// Objects keep the order in which their members were added. Strings are expected to be UTF-8.
/// Integers beyond the range of `std::int64_t` become doubles when read.
class AHP_EXPORT Value {
 public:
  using Array = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Object = std::vector<Member>;

  /// Null.
  Value() noexcept = default;
  Value(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor): JSON literals read well
  Value(bool value) noexcept : data_(value) {}  // NOLINT(google-explicit-constructor)
  /// Any integer type; an unsigned one beyond int64 becomes a double.
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Value(T value)
  noexcept {  // NOLINT(google-explicit-constructor)
    if (std::in_range<std::int64_t>(value)) {
      data_ = static_cast<std::int64_t>(value);
    } else {
      data_ = static_cast<double>(value);
    }
  }
  Value(double value) noexcept : data_(value) {}           // NOLINT(google-explicit-constructor)
  Value(const char* value) : data_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string value) noexcept
      : data_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string_view value)
      : data_(std::string(value)) {}                         // NOLINT(google-explicit-constructor)
  Value(Array value) noexcept : data_(std::move(value)) {}   // NOLINT(google-explicit-constructor)
  Value(Object value) noexcept : data_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  /// A pointer is no JSON value: without this it would silently become `true`.
  template <typename T>
  Value(T*) = delete;

  Value(const Value&) = default;
  Value(Value&&) noexcept = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) noexcept = default;
  /// Takes no more stack for a deeply nested value than for a flat one, as comparing does. Copying
  /// takes more: what `from_json` reads is never too deep for it.
  ~Value() {
    if (is_array() || is_object()) flatten();
  }

  /// An array of `items`: `Value::array({1, "two", nullptr})`.
  static Value array(std::initializer_list<Value> items = {}) { return Array(items); }
  /// An object of `members`: `Value::object({{"id", 1}, {"name", "x"}})`.
  static Value object(std::initializer_list<Member> members = {}) { return Object(members); }

  /// Reads one JSON document. Throws `ParseError` with the byte offset when `text` is not JSON, is
  /// not UTF-8, or is beyond `limits`.
  static Value from_json(std::string_view text, const ParseLimits& limits = {});
  /// Writes compact JSON. Throws `std::invalid_argument` when a string is not UTF-8 or a number is
  /// NaN or infinite, which JSON cannot express.
  [[nodiscard]] std::string to_json() const;

  [[nodiscard]] bool is_null() const noexcept {
    return std::holds_alternative<std::monostate>(data_);
  }
  [[nodiscard]] bool is_bool() const noexcept { return std::holds_alternative<bool>(data_); }
  [[nodiscard]] bool is_integer() const noexcept {
    return std::holds_alternative<std::int64_t>(data_);
  }
  [[nodiscard]] bool is_double() const noexcept { return std::holds_alternative<double>(data_); }
  [[nodiscard]] bool is_number() const noexcept { return is_integer() || is_double(); }
  [[nodiscard]] bool is_string() const noexcept {
    return std::holds_alternative<std::string>(data_);
  }
  [[nodiscard]] bool is_array() const noexcept { return std::holds_alternative<Array>(data_); }
  [[nodiscard]] bool is_object() const noexcept { return std::holds_alternative<Object>(data_); }

  /// The content as the named type. Throws `std::invalid_argument` naming both types when it is
  /// another.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_integer() const;
  /// An integer is converted.
  [[nodiscard]] double as_double() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] const Object& as_object() const;

  /// The member of an object, or null when there is none or this is no object. With several members
  /// of one name the last one counts, as in most JSON readers.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return find(name) != nullptr;
  }
  /// The member called `name`, as `find` finds it. Throws `std::out_of_range` when there is none,
  /// `std::invalid_argument` when this is no object.
  [[nodiscard]] const Value& operator[](std::string_view name) const;
  /// The element at `index`. Throws `std::out_of_range` beyond the end, `std::invalid_argument`
  /// when this is no array.
  [[nodiscard]] const Value& at(std::size_t index) const;
  /// Elements of an array, members of an object, 0 for all others.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Whether both are of one type and have the same content. Objects are equal whatever the order
  /// of their members (RFC 8259, section 4); members of one name are compared in the order they
  /// have among each other. 1 and 1.0 differ.
  friend AHP_EXPORT bool operator==(const Value& left, const Value& right);

 private:
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;
  void flatten() noexcept;
  Data data_;
};

}  // namespace async_http_pool
