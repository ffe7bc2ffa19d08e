#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/value.hpp>

namespace async_http_pool {

/// Reads the options of a store from an object and checks them: each member throws
/// `std::invalid_argument` naming the adapter and the option when its value is of another type. A
/// value of null is none.
class StoreOptions {
 public:
  /// `adapter` for messages, "redis". Throws when `object` is no object.
  StoreOptions(std::string_view adapter, const Value& object);

  [[nodiscard]] std::optional<std::string> string(std::string_view name);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  /// Throws beyond the range of `int`.
  [[nodiscard]] std::optional<int> integer(std::string_view name);
  /// A number of seconds, to the millisecond; throws unless it is between 1 ms and 365 days.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(std::string_view name);
  /// The same, and 0 is one, too.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds_or_zero(std::string_view name);

  /// Sets `target` when the option is there.
  template <typename T, typename U>
  static void take(std::optional<T> option, U& target) {
    if (option.has_value()) target = *std::move(option);
  }

  /// Throws when there are options that nobody asked for. Last.
  void refuse_others() const;

 private:
  [[nodiscard]] const Value* find(std::string_view name);
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds_from(double seconds_min,
                                                                      std::string_view name);
  [[noreturn]] void refuse(std::string_view name, std::string_view wanted) const;

  std::string_view adapter_;
  const Value& object_;
  std::vector<std::string_view> known_;
};

}  // namespace async_http_pool
