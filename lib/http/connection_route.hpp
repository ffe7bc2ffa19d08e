#pragma once

#include <async_http_pool/option_types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// A host and its port.
struct Endpoint {
  std::string host;  ///< in lower case; an IPv6 address in brackets
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// "host:port", the port from 1 to 65535, an IPv6 address in brackets without a zone.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);

/// What "host:port:address" says: the address, IPv6 with or without brackets, is the host's.
struct KnownAddress {
  Endpoint of;
  std::string address;  ///< IPv6 in brackets
};
[[nodiscard]] std::optional<KnownAddress> parse_known_address(std::string_view text);

/// What a request's options say of its way; checked texts.
struct RouteOptions {
  std::string_view connect_to;
  const TextList& resolve;
  IpFamily ip_family = IpFamily::automatic;
};

/// Where a connection for `origin` leads: to `connect_to` unless that is empty, and to the first
/// address of `ip_family` that `resolve` knows of that, or the first one if all are of the other.
/// None: where the origin says. Pure.
[[nodiscard]] std::optional<Endpoint> route_of(const Endpoint& origin, const RouteOptions& options);

}  // namespace async_http_pool
