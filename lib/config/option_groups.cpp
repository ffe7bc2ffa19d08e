#include "config/option_groups.hpp"

#include <optional>
#include <string>

namespace async_http_pool {

const RequestConfig& source_of_authorities(const EffectiveOptions& options) noexcept {
  const RequestConfig& own = options.own();
  const bool is_own =
      own.ca_file().has_value() || own.ca_path().has_value() || own.ca_pem().has_value();
  return is_own ? own : options.client();
}

const RequestConfig& source_of_client_certificate(const EffectiveOptions& options) noexcept {
  const RequestConfig& own = options.own();
  const bool is_own = own.client_cert_file().has_value() || own.client_cert_type().has_value() ||
                      own.client_cert_pem().has_value() || own.client_cert_p12().has_value() ||
                      own.client_key_file().has_value() || own.client_key_pem().has_value() ||
                      own.client_key_password().has_value();
  return is_own ? own : options.client();
}

bool has_client_certificate(const RequestConfig& source) noexcept {
  const auto is_filled = [](const std::optional<std::string>& text) {
    return text.has_value() && !text->empty();
  };
  return is_filled(source.client_cert_file()) || is_filled(source.client_cert_pem()) ||
         is_filled(source.client_cert_p12());
}

}  // namespace async_http_pool
