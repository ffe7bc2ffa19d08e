#pragma once

#include <async_http_pool/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace async_http_pool {

/// Header fields in their order (RFC 9110, section 5). A value type.
///
/// Names are case-insensitive and kept in lower case. A field may stand several times
/// (`set-cookie`).
class AHP_EXPORT Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() noexcept = default;
  /// Later fields of one name replace earlier ones, as with `set`.
  Headers(std::initializer_list<Field> fields);

  /// Replaces all fields called `name`. Throws `std::invalid_argument` unless `name` is a token and
  /// `value` is free of CR, LF and NUL. Blanks around the value are removed.
  void set(std::string_view name, std::string_view value);
  /// Adds a field and keeps those of the same name. Throws like `set`.
  void add(std::string_view name, std::string_view value);
  /// Removes all fields called `name`; returns how many there were.
  std::size_t remove(std::string_view name);

  /// The first field called `name`.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// All fields called `name`, in their order.
  [[nodiscard]] std::vector<std::string_view> get_all(std::string_view name) const;
  /// All values of `name` as one: joined by ", " (RFC 9110, section 5.3), `set-cookie` by a line
  /// feed, `cookie` by "; ".
  [[nodiscard]] std::optional<std::string> joined(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return get(name).has_value();
  }

  /// Makes room for `count` fields.
  void reserve(std::size_t count) { fields_.reserve(count); }

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }

  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace async_http_pool
