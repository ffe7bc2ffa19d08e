#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <async_http_pool/option_types.hpp>

namespace async_http_pool {

// The rules of the tables of options: each throws `std::invalid_argument` naming the option and the
// value unless the value is allowed.

template <typename T>
void check_anything(std::string_view /*option*/, const T& /*value*/) noexcept {}

/// At least 1 ms, at most ten years: longer would overflow clocks.
void check_duration(std::string_view option, Milliseconds value);
void check_duration_or_zero(std::string_view option, Milliseconds value);
void check_size(std::string_view option, std::size_t value);
void check_url_size(std::string_view option, std::size_t value);
void check_positive(std::string_view option, int value);
void check_not_negative(std::string_view option, int value);
void check_retries(std::string_view option, int value);
void check_max_connections(std::string_view option, int value);
void check_agents(std::string_view option, int value);
void check_lane_size(std::string_view option, int value);
void check_selector(std::string_view option, SelectorKind value);
/// 0 to 10 000.
void check_percentage(std::string_view option, int value);
/// At most 200 statuses, 400 to 599.
void check_error_statuses(std::string_view option, const IntegerList& value);
/// At most 1000 tokens (RFC 9110, section 5.1).
void check_field_names(std::string_view option, const TextList& value);
/// Zero, or what the system takes as an interval of probes: up to 32767 s.
void check_keepalive(std::string_view option, Milliseconds value);
/// Empty, a name of at most 15 characters, or an IP address.
void check_network_interface(std::string_view option, std::string_view value);
/// Free of NUL, and no longer than the address of a socket may be.
void check_socket_path(std::string_view option, std::string_view value);
/// Empty, or "host:port".
void check_endpoint(std::string_view option, std::string_view value);
/// At most 1000 times "host:port:address".
void check_known_addresses(std::string_view option, const TextList& value);
/// At most 1000 ranges like "10.0.0.0/8".
void check_address_ranges(std::string_view option, const TextList& value);
/// UTF-8, which JSON can carry, of at most 64 KiB; the value is not shown. Part of all rules for
/// texts from here on but those of `check_pem` and `check_base64`, which allow 1 MiB.
void check_text(std::string_view option, std::string_view value);
/// RFC 9110, section 5.5: no control characters but tabs.
void check_field_value(std::string_view option, std::string_view value);
/// Free of NUL.
void check_path(std::string_view option, std::string_view value);
/// Free of NUL; the value is not shown.
void check_secret(std::string_view option, std::string_view value);
/// Empty, or with at least one part as of RFC 7468; the value is not shown, it may be a key.
void check_pem(std::string_view option, std::string_view value);
/// RFC 4648, section 4, line breaks allowed; the value is not shown.
void check_base64(std::string_view option, std::string_view value);
/// Empty, or "sha256//" and the base64 of a SHA-256; more of them after semicolons.
void check_public_key_pins(std::string_view option, std::string_view value);
/// Empty, or a URL without a path, query or fragment: http, https, socks4, socks4a, socks5,
/// socks5h.
void check_proxy_url(std::string_view option, std::string_view value);
/// At most 1000 hosts and networks; see `is_no_proxy_entry`.
void check_no_proxy(std::string_view option, const TextList& value);
/// Some of basic, digest and negotiate.
void check_auth_schemes(std::string_view option, const TextList& value);
/// UTF-8 without a colon or control characters (RFC 7617, section 2); the value is not shown.
void check_username(std::string_view option, std::string_view value);
/// UTF-8 without control characters; the value is not shown.
void check_password(std::string_view option, std::string_view value);
/// Empty, or a b64token (RFC 6750, section 2.1); the value is not shown.
void check_bearer_token(std::string_view option, std::string_view value);
/// Empty, or an http or https URL without a path, query or fragment.
void check_auth_origin(std::string_view option, std::string_view value);

}  // namespace async_http_pool
