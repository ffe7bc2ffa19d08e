#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/option_types.hpp>
#include <async_http_pool/request_options.hpp>
#include <async_http_pool/value.hpp>

#include <optional>
#include <string_view>

namespace async_http_pool {

class RequestBuilder;

/// What can be set for one request, or for all requests of a client: `set_NAME(value)` and `NAME()`
/// for each row of `AHP_REQUEST_OPTIONS`, where the options are described. A value type.
///
///     RequestConfig().set_connect_timeout(2s).set_max_redirects(0)
///
/// What a request leaves unset comes from its client's configuration, and what that leaves unset
/// has the default of its row. Setters check their value, throw `std::invalid_argument` naming the
/// option and the value, and leave the configuration as it was.
class AHP_EXPORT RequestConfig {
 public:
#define AHP_ACCESSORS(type, name, default_value, rule, action) \
  RequestConfig& set_##name(type value);                       \
  [[nodiscard]] const std::optional<type>& name() const noexcept { return name##_; }
  AHP_REQUEST_OPTIONS(AHP_ACCESSORS)
#undef AHP_ACCESSORS

  /// The default of every option.
  [[nodiscard]] static RequestConfig defaults();
  /// These options, and those of `base` where none is set here.
  [[nodiscard]] RequestConfig over(const RequestConfig& base) const;
  /// Sets an option by its name, for configurations that are read at run time; times are in
  /// seconds. Returns whether there is such an option. Throws `std::invalid_argument` like its
  /// setter, and when the value is of another type.
  bool set(std::string_view option, const Value& value);
  /// An object of what is set, in the form that `set` takes. It holds the secrets, too.
  [[nodiscard]] Value to_value() const;
  /// Whether nothing is set.
  [[nodiscard]] bool empty() const noexcept;

  friend bool operator==(const RequestConfig&, const RequestConfig&) = default;

 private:
  friend class RequestBuilder;  // unsets what a request has members of its own for
#define AHP_MEMBER(type, name, default_value, rule, action) std::optional<type> name##_;
  AHP_REQUEST_OPTIONS(AHP_MEMBER)
#undef AHP_MEMBER
};

}  // namespace async_http_pool
