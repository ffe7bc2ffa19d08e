#pragma once

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

  [[nodiscard]] bool empty() const noexcept;
  /// All of them as they stand in a query.
  [[nodiscard]] std::string text() const;

 private:
  /// A name that a template gave a value to.
  struct Inherited {
    std::string name;
    std::string text;
    bool is_replaced = false;  ///< `text` is the request's own
  };

  [[nodiscard]] std::string& place_of(std::string_view name);

  std::vector<Inherited> inherited_;
  std::string own_;  // all others
};

}  // namespace async_http_pool
