#pragma once

#include "config/credentials.hpp"
#include "curl/option_actions.hpp"

namespace async_http_pool {

/// What `schemes` and a bearer token are for CURLOPT_HTTPAUTH. `curl_features`: those of
/// `curl_version_info`. Throws `UnusableOption` for a scheme that this libcurl lacks.
[[nodiscard]] long auth_mask(const Credentials& credentials, int curl_features);

/// Has libcurl prove who sends the request. After the options, some of which it overrides. Throws
/// `UnusableOption` and `CurlError`.
void tell_credentials(const OptionContext& context, const Credentials& credentials);

}  // namespace async_http_pool
