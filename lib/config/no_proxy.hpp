#pragma once

#include <async_http_pool/option_types.hpp>

#include <string_view>

namespace async_http_pool {

/// Whether `entry` can stand in `no_proxy`: "*", a name, perhaps after a dot, an address, or a
/// network as 10.0.0.0/8 or fd00::/8; brackets around an IPv6 address are allowed. No ports.
[[nodiscard]] bool is_no_proxy_entry(std::string_view entry) noexcept;

/// Whether `host`, as it stands in a URL, is one of `entries`: a name is, and all that end in it
/// after a dot. Names are not looked up, so that networks count for addresses only.
[[nodiscard]] bool is_exempt_from_proxy(std::string_view host, const TextList& entries) noexcept;

}  // namespace async_http_pool
