#pragma once

#include "config/effective_options.hpp"

#include <string>
#include <string_view>

namespace async_http_pool {

enum class ProxyKind {
  none,
  http,
  https,  ///< TLS to the proxy
  socks   ///< any of the four
};

/// The proxy that a request to a URL goes through; empty: none. `checked_url` has been parsed
/// before; what the environment names is not checked.
[[nodiscard]] std::string proxy_url_for(const EffectiveOptions& options,
                                        std::string_view checked_url);
/// Of which kind it is.
[[nodiscard]] ProxyKind proxy_for(const EffectiveOptions& options, std::string_view checked_url);

/// Whether that is up to the request, not to its client alone.
[[nodiscard]] bool has_proxy_of_its_own(const EffectiveOptions& options) noexcept;

/// The kind of proxy that `scheme` stands for, in any case; none when it is that of no proxy.
[[nodiscard]] ProxyKind proxy_of_scheme(std::string_view scheme) noexcept;

}  // namespace async_http_pool
