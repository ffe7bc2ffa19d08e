#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/value.hpp>

namespace async_http_pool {

/// The parameters of a request in the making, encoded (see http/form_encoding.hpp): its own, and
/// those that a template gave it. Holds no memory while it is empty.
class QueryParams {
 public:
  QueryParams() noexcept = default;
  /// The members of `object` as what a template gives: own ones of the same name will take their
  /// places. Throws like `add`.
  [[nodiscard]] static QueryParams of_template(const Value& object);

  void add(std::string_view name, std::string_view value);
  /// All members of `object`, or none when it throws: `std::invalid_argument` unless each value is
  /// null, a bool, a finite number, a string, or an array of those.
  void add(const Value& object);

  /// All of them as they stand in a query; none when there are none.
  [[nodiscard]] std::optional<std::string> text() const;

 private:
  /// None before the first parameter: one without a name and a value is empty text.
  using Query = std::optional<std::string>;

  /// A name that a template gave a value to.
  struct Inherited {
    std::string name;
    Query text;
    bool is_replaced = false;  ///< `text` is the request's own
  };

  [[nodiscard]] Query& place_of(std::string_view name);

  std::vector<Inherited> inherited_;
  Query own_;  // all others
};

}  // namespace async_http_pool
