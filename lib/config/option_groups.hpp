#pragma once

#include <async_http_pool/request_config.hpp>

#include "config/effective_options.hpp"

namespace async_http_pool {

// Options that only make sense together count together: if a request sets one of them, none of its
// client's is mixed into it. Each function says which of the two configurations counts; what that
// leaves unset is off.

/// `ca_file`, `ca_path` and `ca_pem`.
[[nodiscard]] const RequestConfig& source_of_authorities(const EffectiveOptions& options) noexcept;
/// All that begin with `client_cert_` and `client_key_`.
[[nodiscard]] const RequestConfig& source_of_client_certificate(
    const EffectiveOptions& options) noexcept;
/// Whether `source` names a certificate, in whatever form.
[[nodiscard]] bool has_client_certificate(const RequestConfig& source) noexcept;

}  // namespace async_http_pool
