#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <async_http_pool/cookie_jar.hpp>
#include "http/http_date.hpp"
#include "http/public_suffix_list.hpp"
#include "http/set_cookie.hpp"
#include "http/url.hpp"

namespace async_http_pool {

/// The rules of RFC 6265, section 5, as pure functions.

inline constexpr std::size_t cookie_bytes_max = 4096;  ///< of name and value
inline constexpr std::size_t cookie_path_bytes_max = 1024;
inline constexpr std::size_t cookie_domain_bytes_max = 255;  ///< no host name is longer

/// What makes a field, or a cookie, unacceptable as a whole: control characters but the tab.
[[nodiscard]] constexpr bool is_forbidden_in_cookie(char c) noexcept {
  return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f';
}

/// What of a URL decides which cookies go there.
struct CookieDestination {
  std::string_view host;  ///< a view of the URL
  std::string path;       ///< without dot segments, as libcurl sends it
  bool is_https = false;
};
[[nodiscard]] CookieDestination cookie_destination(const Url& url);

/// Whether `host` is an IP address in whatever notation: in brackets, or with a last label that is
/// a number (https://url.spec.whatwg.org, "ends in a number"). Such hosts have no domain.
[[nodiscard]] bool is_address_host(std::string_view host) noexcept;

struct DomainPair {
  std::string_view host;
  std::string_view domain;
};
/// Section 5.1.3: both in lower case.
[[nodiscard]] bool domain_matches(DomainPair pair) noexcept;

struct PathPair {
  std::string_view request_path;
  std::string_view cookie_path;
};
/// Section 5.1.4
[[nodiscard]] bool path_matches(PathPair pair) noexcept;
/// Section 5.1.4: the folder of `request_path`.
[[nodiscard]] std::string_view default_cookie_path(std::string_view request_path) noexcept;

/// `time` as a cookie has it: cut down to what its clock can express, 1970 to 2262.
[[nodiscard]] std::chrono::system_clock::time_point cookie_end(WallTime time) noexcept;

/// Whether hosts below `domain` may share a cookie: it is a plain name, no address and no public
/// suffix.
[[nodiscard]] bool may_share_cookies(const std::string& domain, const PublicSuffixList& suffixes);

/// The domain whose hosts may set cookies for each other: the registrable one that `host` is in,
/// else the host itself. Both hosts of a `DomainPair` that matches have the same, unless one is an
/// own cookie's of a public suffix.
[[nodiscard]] std::string cookie_site(std::string_view host, const PublicSuffixList& suffixes);

/// The cookie that a server at `url` asks for by `field`, at the time `now`; it may be one that has
/// ended. None when the server may not (section 5.3, and RFC 6265bis for `__Secure-`, `__Host-` and
/// for `secure` from http).
[[nodiscard]] std::optional<Cookie> make_cookie(const SetCookie& field, const Url& url,
                                                WallTime now, const PublicSuffixList& suffixes);

/// Throws `std::invalid_argument`, without the value, for a cookie that `make_cookie` never makes;
/// does not look at `may_share_cookies`.
void check_cookie(const Cookie& cookie);

}  // namespace async_http_pool
