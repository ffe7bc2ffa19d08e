#include "http/url_grammar.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace async_http_pool {
namespace {

constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_scheme(std::string_view text) noexcept {
  const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// Takes what stands before the first of `ends`, or all, off `rest`.
std::string_view take_until(std::string_view& rest, std::string_view ends) noexcept {
  const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

/// RFC 6874, section 2: `%25` and the name of a network interface.
bool is_zone(std::string_view text) noexcept {
  return text.size() > 3 && text.starts_with("%25") &&
         std::ranges::all_of(text.substr(3), is_unreserved);
}

/// What stands between the brackets.
bool is_ipv6_address(std::string_view text) noexcept {
  const std::size_t zone = std::min(text.find('%'), text.size());
  if (zone < text.size() && !is_zone(text.substr(zone))) {
    return false;
  }
  char buffer[INET6_ADDRSTRLEN] = {};
  if (zone >= sizeof buffer || text.substr(0, zone).find('\0') != std::string_view::npos) {
    return false;
  }
  text.copy(buffer, zone);
  in6_addr address;
  return inet_pton(AF_INET6, buffer, &address) == 1;
}

}  // namespace

std::optional<unsigned char> percent_escape(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '%' || hex_value(text[1]) < 0 || hex_value(text[2]) < 0) {
    return std::nullopt;
  }
  return static_cast<unsigned char>(hex_value(text[1]) * 16 + hex_value(text[2]));
}

UrlParts split_url(std::string_view text) noexcept {
  UrlParts parts;
  std::string_view rest = text;
  const std::string_view scheme = take_until(rest, ":/?#");
  if (rest.starts_with(':') && is_scheme(scheme)) {
    parts.scheme = scheme;
    rest.remove_prefix(1);
  } else {
    rest = text;
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    parts.authority = take_until(rest, "/?#");
  }
  parts.path = take_until(rest, "?#");
  if (rest.starts_with('?')) {
    rest.remove_prefix(1);
    parts.query = take_until(rest, "#");
  }
  if (rest.starts_with('#')) {
    parts.fragment = rest.substr(1);
  }
  return parts;
}

HostAndPort split_authority(std::string_view authority) noexcept {
  // The colons of an IPv6 address stand between brackets.
  const std::size_t address_end = authority.starts_with('[') ? authority.rfind(']') : 0;
  const std::size_t colon = authority.find(':', address_end);
  if (colon == std::string_view::npos) {
    return {authority, {}};
  }
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_host(std::string_view host) noexcept {
  if (host.starts_with('[')) {
    return host.size() > 2 && host.ends_with(']') &&
           is_ipv6_address(host.substr(1, host.size() - 2));
  }
  for (std::size_t i = 0; i < host.size(); ++i) {
    if (is_unreserved(host[i])) {  // RFC 3986 would allow `!$&'()*+,;=`; libcurl does not
      continue;
    }
    // libcurl decodes the name, so an escape must not smuggle in a delimiter: `a%2F@b` is no host.
    const auto byte = percent_escape(host.substr(i));
    if (!byte || (*byte < 0x80 && !is_unreserved(static_cast<char>(*byte)))) {
      return false;
    }
    i += 2;
  }
  return !host.empty();
}

std::optional<std::uint16_t> port_number(std::string_view port) noexcept {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0) {
    return std::nullopt;
  }
  return number;
}

std::string lower_host(std::string_view host) {
  const std::size_t zone =
      host.starts_with('[') ? std::min(host.find('%'), host.size()) : host.size();
  return to_lower(host.substr(0, zone)).append(host.substr(zone));
}

std::string remove_dot_segments(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {  // each round takes one "/segment"
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") {
        out.erase(std::min(out.rfind('/'), out.size()));
      }
      if (path.empty()) {
        out += '/';
      }
    } else {
      out += segment;
    }
  }
  return out;
}

}  // namespace async_http_pool
