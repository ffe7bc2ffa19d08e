#pragma once

#include <async_http_pool/request_config.hpp>

namespace async_http_pool {

/// What counts for one request: what it sets itself, else what its client says. A view; both must
/// outlive it.
class EffectiveOptions {
 public:
  /// `client` has every option, see `RequestConfig::defaults`.
  EffectiveOptions(const RequestConfig& own, const RequestConfig& client) noexcept
      : own_(&own), client_(&client) {}

#define AHP_ACCESSOR(type, name, default_value, rule, action)           \
  [[nodiscard]] const type& name() const noexcept {                     \
    return own_->name().has_value() ? *own_->name() : *client_->name(); \
  }
  AHP_REQUEST_OPTIONS(AHP_ACCESSOR)
#undef AHP_ACCESSOR

  // For options that go together: both sources apart.
  [[nodiscard]] const RequestConfig& own() const noexcept { return *own_; }
  [[nodiscard]] const RequestConfig& client() const noexcept { return *client_; }

 private:
  const RequestConfig* own_;
  const RequestConfig* client_;
};

}  // namespace async_http_pool
