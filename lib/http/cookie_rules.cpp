#include "http/cookie_rules.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/printable.hpp"
#include "http/ascii.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

bool is_hexadecimal(char c) noexcept {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

/// "127", "0x7f", "0x"
bool is_number(std::string_view label) noexcept {
  if (label.starts_with("0x")) return std::ranges::all_of(label.substr(2), is_hexadecimal);
  return !label.empty() && std::ranges::all_of(label, is_digit);
}

/// A name as it is registered: no empty label, and no escape that hides a dot or a digit.
bool is_plain_name(std::string_view domain) noexcept {
  return !domain.empty() && !domain.starts_with('.') && !domain.ends_with('.') &&
         domain.find("..") == std::string_view::npos && domain.find('%') == std::string_view::npos;
}

/// RFC 6265bis, section 5.7, and for `__Http-` and `__Host-Http-` its successor
/// (draft-ietf-httpbis-layered-cookies): names that promise something about the cookie.
bool keeps_promise_of_name(const Cookie& cookie, std::string_view asked_path) noexcept {
  const auto has_prefix = [&cookie](std::string_view prefix) {
    return equals_ignoring_case(std::string_view(cookie.name).substr(0, prefix.size()), prefix);
  };
  if (has_prefix("__Secure-")) return cookie.is_secure;
  if (has_prefix("__Http-")) return cookie.is_secure && cookie.is_http_only;
  if (has_prefix("__Host-Http-") && !cookie.is_http_only) return false;
  if (has_prefix("__Host-")) return cookie.is_secure && cookie.is_host_only && asked_path == "/";
  return true;
}

/// Whose the cookie is: false when the server may not set it there.
bool choose_domain(Cookie& cookie, const SetCookie& field, std::string_view host,
                   const PublicSuffixList& suffixes) {
  cookie.domain = host;
  cookie.is_host_only = true;
  if (field.domain.empty()) return true;
  if (!domain_matches({.host = host, .domain = field.domain})) return false;
  if (!may_share_cookies(field.domain, suffixes)) return field.domain == host;
  cookie.domain = field.domain;
  cookie.is_host_only = false;
  return true;
}

void choose_end(Cookie& cookie, const SetCookie& field, WallTime now) noexcept {
  if (field.max_age) {
    // An age of 0 is over at once, whatever the clock says.
    cookie.expires =
        field.max_age->count() == 0 ? cookie_end(WallTime()) : cookie_end(now + *field.max_age);
  } else if (field.expires) {
    cookie.expires = cookie_end(*field.expires);
  }
}

/// As libcurl looks it up: otherwise a site could pass for any number of them.
std::string without_escapes(std::string_view host) {
  std::string name;
  for (std::size_t i = 0; i < host.size(); ++i) {
    const auto byte = percent_escape(host.substr(i));
    name += byte ? to_lower(static_cast<char>(*byte)) : host[i];
    if (byte) i += 2;
  }
  return name;
}

bool is_trimmed(std::string_view text) noexcept { return trim(text).size() == text.size(); }

void require_domain(const std::string& domain) {
  if (domain.size() <= cookie_domain_bytes_max && is_host(domain) && lower_host(domain) == domain &&
      !domain.starts_with('.'))
    return;
  throw std::invalid_argument("cookie domain must be a host in lower case, got: " + quoted(domain));
}

}  // namespace

CookieDestination cookie_destination(const Url& url) {
  const std::string_view target = url.target();
  return {.host = url.host(),
          .path = remove_dot_segments(target.substr(0, target.find('?'))),
          .is_https = url.is_https()};
}

bool is_address_host(std::string_view host) noexcept {
  if (host.starts_with('[')) return true;
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::size_t dot = host.rfind('.');
  return is_number(dot == std::string_view::npos ? host : host.substr(dot + 1));
}

bool domain_matches(DomainPair pair) noexcept {
  const auto [host, domain] = pair;
  if (host == domain) return true;
  return !domain.empty() && host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !is_address_host(host);
}

bool path_matches(PathPair pair) noexcept {
  const auto [request_path, cookie_path] = pair;
  if (!request_path.starts_with(cookie_path)) return false;
  return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
         request_path[cookie_path.size()] == '/';
}

std::string_view default_cookie_path(std::string_view request_path) noexcept {
  const std::size_t slash = request_path.rfind('/');
  if (!request_path.starts_with('/') || slash == 0) return "/";
  return request_path.substr(0, slash);
}

std::chrono::system_clock::time_point cookie_end(WallTime time) noexcept {
  using Clock = std::chrono::system_clock;
  constexpr WallTime last = std::chrono::floor<std::chrono::seconds>(Clock::time_point::max());
  return std::clamp(time, WallTime(), last);
}

bool may_share_cookies(const std::string& domain, const PublicSuffixList& suffixes) {
  return is_plain_name(domain) && !is_address_host(domain) && suffixes.is_private(domain);
}

std::string cookie_site(std::string_view host, const PublicSuffixList& suffixes) {
  if (is_address_host(host)) return std::string(host);
  std::string name = without_escapes(host);
  name.erase(0, std::min(name.find_first_not_of('.'), name.size()));
  if (name.ends_with('.')) name.pop_back();
  std::string site = suffixes.registrable_domain(name);
  return site.empty() ? name : site;
}

std::optional<Cookie> make_cookie(const SetCookie& field, const Url& url, WallTime now,
                                  const PublicSuffixList& suffixes) {
  const CookieDestination source = cookie_destination(url);
  Cookie cookie;
  cookie.name = field.name;
  cookie.value = field.value;
  cookie.path = field.path.empty() ? default_cookie_path(source.path) : field.path;
  cookie.is_secure = field.is_secure;
  cookie.is_http_only = field.is_http_only;
  if (source.host.size() > cookie_domain_bytes_max || cookie.path.size() > cookie_path_bytes_max ||
      (cookie.is_secure && !source.is_https))
    return std::nullopt;
  if (!choose_domain(cookie, field, source.host, suffixes)) return std::nullopt;
  if (!keeps_promise_of_name(cookie, field.path)) return std::nullopt;
  choose_end(cookie, field, now);
  return cookie;
}

void check_cookie(const Cookie& cookie) {
  const std::string& name = cookie.name;
  const std::string& value = cookie.value;
  if (name.empty() || !is_trimmed(name) || name.find_first_of("=;") != std::string::npos ||
      std::ranges::any_of(name, is_forbidden_in_cookie))
    throw std::invalid_argument("cookie name must be free of \"=\", \";\" and blanks, got: " +
                                quoted(name));
  if (!is_trimmed(value) || value.find(';') != std::string::npos ||
      std::ranges::any_of(value, is_forbidden_in_cookie))
    throw std::invalid_argument("cookie value must be free of \";\" and control characters: " +
                                quoted(name));
  if (name.size() + value.size() > cookie_bytes_max)
    throw std::invalid_argument("cookie must have at most " + std::to_string(cookie_bytes_max) +
                                " bytes, got: " + std::to_string(name.size() + value.size()));
  require_domain(cookie.domain);
  if (!cookie.path.starts_with('/') || cookie.path.size() > cookie_path_bytes_max ||
      std::ranges::any_of(cookie.path, is_forbidden_in_cookie))
    throw std::invalid_argument("cookie path must begin with \"/\", got: " + quoted(cookie.path));
  if (!keeps_promise_of_name(cookie, cookie.path))
    throw std::invalid_argument("cookie must be what its name promises, got: " + quoted(name));
}

}  // namespace async_http_pool
