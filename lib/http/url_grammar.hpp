#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/ascii.hpp"

namespace async_http_pool {

/// RFC 3986, section 2.3
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c) || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/// RFC 3986, section 2.2
[[nodiscard]] constexpr bool is_sub_delimiter(char c) noexcept {
  return c != '\0' && std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos;
}

/// What may stand anywhere in a URL: unreserved, reserved, and the percent sign.
[[nodiscard]] constexpr bool is_url_character(char c) noexcept {
  return is_unreserved(c) || is_sub_delimiter(c) ||
         (c != '\0' && std::string_view(":/?#[]@%").find(c) != std::string_view::npos);
}

/// The byte that a `%41` at the begin of `text` stands for.
[[nodiscard]] std::optional<unsigned char> percent_escape(std::string_view text) noexcept;

/// The five components of any text, split as in RFC 3986, appendix B. Views of that text.
struct UrlParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};
[[nodiscard]] UrlParts split_url(std::string_view text) noexcept;

/// An authority (RFC 3986, section 3.2) without user information. Views of the text it was read
/// from.
struct HostAndPort {
  std::string_view host;  ///< an IPv6 address with its brackets
  std::string_view port;  ///< digits; empty when there is none
};
/// Splits `authority` at the colon before the port. Checks nothing.
[[nodiscard]] HostAndPort split_authority(std::string_view authority) noexcept;

/// Whether `host` is an IPv6 address in brackets, or a name: one character at least, each of them,
/// also when it is escaped, allowed in a name. IPv4 addresses in whatever notation are names here.
[[nodiscard]] bool is_host(std::string_view host) noexcept;
/// The number that `port` is, if it is one from 1 to 65535.
[[nodiscard]] std::optional<std::uint16_t> port_number(std::string_view port) noexcept;

/// `host` in lower case, all but the zone of an IPv6 address: names of network interfaces have a
/// case.
[[nodiscard]] std::string lower_host(std::string_view host);

/// RFC 3986, section 5.2.4, for a path that begins with a slash.
[[nodiscard]] std::string remove_dot_segments(std::string_view path);

}  // namespace async_http_pool
