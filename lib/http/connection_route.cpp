#include "http/connection_route.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "http/ascii.hpp"
#include "http/ip_address.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

/// `address`: IPv6 in brackets.
bool is_of_family(std::string_view address, IpFamily family) noexcept {
  if (family == IpFamily::automatic) return true;
  return address.starts_with('[') == (family == IpFamily::ipv6);
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto [host, port_text] = split_authority(text);
  const auto port = port_number(port_text);
  const bool has_zone = host.find('%') != std::string_view::npos;
  const bool is_bracketed = host.starts_with('[');
  const bool has_stray_colon = !is_bracketed && host.find(':') != std::string_view::npos;
  if (!port || has_zone || has_stray_colon || !is_host(host)) return std::nullopt;
  if (is_bracketed && !parse_ip_address(host.substr(1, host.size() - 2))) return std::nullopt;
  return Endpoint{.host = to_lower(host), .port = *port};
}

std::optional<KnownAddress> parse_known_address(std::string_view text) {
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : 0;
  const std::size_t port_begin = text.find(':', std::min(host_end, text.size()));
  if (port_begin == std::string_view::npos) return std::nullopt;
  const std::size_t port_end = text.find(':', port_begin + 1);
  if (port_end == std::string_view::npos) return std::nullopt;
  auto endpoint = parse_endpoint(text.substr(0, port_end));
  std::string_view address = text.substr(port_end + 1);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
    if (address.find(':') == std::string_view::npos) return std::nullopt;
  }
  if (!endpoint || !parse_ip_address(address)) return std::nullopt;
  const bool is_v6 = address.find(':') != std::string_view::npos;
  return KnownAddress{.of = std::move(*endpoint),
                      .address = is_v6 ? "[" + std::string(address) + "]" : std::string(address)};
}

std::optional<Endpoint> route_of(const Endpoint& origin, const RouteOptions& options) {
  std::optional<Endpoint> route = parse_endpoint(options.connect_to);
  const Endpoint target = route ? *route : origin;
  bool is_known = false;
  for (const std::string& text : options.resolve) {
    const auto known = parse_known_address(text);
    if (!known || known->of != target) continue;
    const bool suits = is_of_family(known->address, options.ip_family);
    if (suits || !is_known) route = Endpoint{known->address, target.port};
    if (suits) break;
    is_known = true;
  }
  return route;
}

}  // namespace async_http_pool
