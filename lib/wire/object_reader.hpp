#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/value.hpp>

namespace async_http_pool {

/// Reads the members of one object of a document, and knows where that stands: a refusal is a
/// `ParseError` such as `response.body.value: must be a string, got: 5`. Members that nobody asks
/// for are ignored. Borrows the object.
class ObjectReader {
 public:
  /// What is being read: the name of the document, and its length, which is the offset of all
  /// refusals (no single byte is to blame).
  struct Origin {
    std::string_view path;
    std::size_t text_bytes;
  };

  /// Refuses any `value` but an object.
  ObjectReader(const Value& value, Origin origin);

  /// Null when the member is missing or null.
  [[nodiscard]] const Value* member(std::string_view name) const noexcept;
  /// Whether it is there, and null.
  [[nodiscard]] bool is_null(std::string_view name) const noexcept;

  /// Refuses when it is missing or null; likewise `string`, `method` and `object`.
  [[nodiscard]] const Value& required(std::string_view name) const;
  [[nodiscard]] const std::string& string(std::string_view name) const;
  /// Empty when it is missing or null; likewise all others.
  [[nodiscard]] std::string optional_string(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] CallbackArgs callback_args(std::string_view name) const;
  [[nodiscard]] std::optional<int> integer(std::string_view name) const;
  /// Seconds; 0 when there are none.
  [[nodiscard]] std::chrono::nanoseconds duration(std::string_view name) const;
  /// As it is sent: "GET" for "get" and for ":get".
  [[nodiscard]] std::string method(std::string_view name) const;
  /// The same, or empty when that is empty.
  [[nodiscard]] std::string method_or_empty(std::string_view name) const;
  /// An object; a line feed separates the fields of `set-cookie`. The original takes any value:
  /// numbers and bools are their JSON text, null is no field, and an array has several fields.
  [[nodiscard]] Headers headers(std::string_view name) const;
  [[nodiscard]] ObjectReader object(std::string_view name) const;
  [[nodiscard]] std::vector<ObjectReader> objects(std::string_view name) const;

  /// Runs `action` and blames the member for the `std::invalid_argument` that it throws.
  template <typename Action>
  auto check(std::string_view name, Action action) const {
    try {
      return action();
    } catch (const std::invalid_argument& error) {
      refuse(name, error.what());
    }
  }
  [[noreturn]] void refuse(std::string_view name, std::string_view reason) const;

 private:
  ObjectReader(const Value& value, std::string path, std::size_t text_bytes);

  const Value* value_;
  std::string path_;
  std::size_t text_bytes_;
};

}  // namespace async_http_pool
