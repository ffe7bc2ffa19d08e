#include "stores/store_options.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace async_http_pool {

StoreOptions::StoreOptions(std::string_view adapter, const Value& object)
    : adapter_(adapter), object_(object) {
  if (!object.is_object()) {
    throw std::invalid_argument(
        fmt::format("options of payload store adapter {} must be an object", quoted(adapter)));
  }
}

const Value* StoreOptions::find(std::string_view name) {
  known_.push_back(name);
  const Value* value = object_.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void StoreOptions::refuse(std::string_view name, std::string_view wanted) const {
  // The value may be a password and stays out of the message.
  throw std::invalid_argument(fmt::format("option \"{}\" of payload store adapter {} must be {}",
                                          name, quoted(adapter_), wanted));
}

std::optional<std::string> StoreOptions::string(std::string_view name) {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(name, "a string");
  return value->as_string();
}

std::optional<bool> StoreOptions::boolean(std::string_view name) {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) refuse(name, "true or false");
  return value->as_bool();
}

std::optional<int> StoreOptions::integer(std::string_view name) {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_integer() || !std::in_range<int>(value->as_integer())) refuse(name, "an integer");
  return static_cast<int>(value->as_integer());
}

std::optional<std::chrono::milliseconds> StoreOptions::seconds(std::string_view name) {
  return seconds_from(0.001, name);
}

std::optional<std::chrono::milliseconds> StoreOptions::seconds_or_zero(std::string_view name) {
  return seconds_from(0, name);
}

std::optional<std::chrono::milliseconds> StoreOptions::seconds_from(double seconds_min,
                                                                    std::string_view name) {
  constexpr double seconds_max = 365.0 * 24 * 3600;
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  // Written so that NaN is refused, too.
  if (!value->is_number() ||
      !(value->as_double() >= seconds_min && value->as_double() <= seconds_max)) {
    refuse(name, fmt::format("a number of seconds between {} and 31536000", seconds_min));
  }
  return std::chrono::milliseconds(std::llround(value->as_double() * 1000));
}

void StoreOptions::refuse_others() const {
  for (const auto& [name, value] : object_.as_object()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    throw std::invalid_argument(fmt::format("payload store adapter {} has no option {}, only: {}",
                                            quoted(adapter_), quoted(name),
                                            fmt::join(known_, ", ")));
  }
}

}  // namespace async_http_pool
