#pragma once

#include <async_http_pool/client_options.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/option_types.hpp>
#include <async_http_pool/value.hpp>

#include <string_view>

namespace async_http_pool {

/// What applies to a client as a whole: `set_NAME(value)` and `NAME()` for each row of
/// `AHP_CLIENT_OPTIONS`, where the options are described. A value type. Setters check their value,
/// throw `std::invalid_argument` naming the option and the value, and leave the configuration as it
/// was.
class AHP_EXPORT ClientConfig {
 public:
#define AHP_ACCESSORS(type, name, default_value, rule) \
  ClientConfig& set_##name(type value);                \
  [[nodiscard]] const type& name() const noexcept { return name##_; }
  AHP_CLIENT_OPTIONS(AHP_ACCESSORS)
#undef AHP_ACCESSORS

  /// Sets an option by its name, for configurations that are read at run time. Returns whether
  /// there is such an option. Throws `std::invalid_argument` like its setter, and when the value is
  /// of another type.
  bool set(std::string_view option, const Value& value);

  friend bool operator==(const ClientConfig&, const ClientConfig&) = default;

 private:
#define AHP_MEMBER(type, name, default_value, rule) type name##_ = default_value;
  AHP_CLIENT_OPTIONS(AHP_MEMBER)
#undef AHP_MEMBER
};

}  // namespace async_http_pool
