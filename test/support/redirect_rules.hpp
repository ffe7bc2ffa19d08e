#pragma once

#include "exchange/redirect_policy.hpp"

#include <async_http_pool/request_config.hpp>

namespace async_http_pool::test {

/// The rules that count when nothing is configured, but for the number of redirects.
[[nodiscard]] inline RedirectRules default_redirect_rules(int redirects_max = 5) {
  static const RequestConfig defaults = RequestConfig::defaults();
  return {.redirects_max = redirects_max,
          .allow_https_to_http = *defaults.allow_https_to_http(),
          .referer = *defaults.referer(),
          .sensitive_headers = *defaults.sensitive_headers()};
}

}  // namespace async_http_pool::test
