#include "agent/address_guard.hpp"

#include "config/proxy_choice.hpp"
#include "http/address_policy.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

TransferFailure forbidden(std::string message) {
  // Not of the type `connection`: such failures are tried again.
  return {.type = ErrorType::unknown,
          .code = ErrorCode::forbidden_address,
          .message = std::move(message),
          .never_sent = true};
}

bool passes(const EffectiveOptions& options, const IpAddress& address) {
  return is_public_address(address) || is_in_ranges(address, options.allowed_addresses());
}

std::optional<IpAddress> address_of(const sockaddr& address) noexcept {
  IpAddress result;
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    std::array<std::uint8_t, 4> bytes{};
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(&v4.sin_addr);
    std::copy_n(begin, bytes.size(), bytes.begin());
    return ipv4_address(bytes);
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::copy_n(static_cast<const std::uint8_t*>(v6.sin6_addr.s6_addr), result.bytes.size(),
                result.bytes.begin());
    return result;
  }
  return std::nullopt;
}

std::string text_of(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_v4 = address.is_v4();
  const char* const result =
      ::inet_ntop(is_v4 ? AF_INET : AF_INET6, address.bytes.data() + (is_v4 ? 12 : 0), text.data(),
                  static_cast<socklen_t>(text.size()));
  return result != nullptr ? result : "";
}

std::optional<TransferFailure> objection_to(const EffectiveOptions& options,
                                            const std::optional<IpAddress>& address) {
  if (!options.deny_private_addresses() || (address && passes(options, *address)))
    return std::nullopt;
  if (!address) return forbidden("connection has no IP address");
  return forbidden(fmt::format("address {} is not public", text_of(*address)));
}

/// The address that the host of `url` is, if it is one.
std::optional<IpAddress> literal_host(std::string_view url) {
  const Url parsed = Url::parse(url);
  std::string_view host = parsed.host();
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return parse_ip_address(host);
}

}  // namespace

std::optional<TransferFailure> objection_to_request(const EffectiveOptions& options,
                                                    std::string_view url) {
  if (!options.deny_private_addresses()) return std::nullopt;
  if (!options.unix_socket().empty()) return forbidden("unix socket is no public address");
  if (proxy_for(options, url) == ProxyKind::none) return std::nullopt;
  const bool is_routed = !options.connect_to().empty() || !options.resolve().empty();
  const auto host = is_routed ? std::nullopt : literal_host(url);
  if (!host) return forbidden("proxy would choose the address");
  return objection_to(options, host);
}

bool is_guarded(const EffectiveOptions& options, std::string_view url) {
  if (!options.deny_private_addresses()) return false;
  return has_proxy_of_its_own(options) || proxy_for(options, url) == ProxyKind::none;
}

std::optional<TransferFailure> objection_to_address(const EffectiveOptions& options,
                                                    const sockaddr& address) {
  return objection_to(options, address_of(address));
}

std::optional<TransferFailure> objection_to_address(const EffectiveOptions& options,
                                                    std::string_view address) {
  return objection_to(options, parse_ip_address(address));
}

}  // namespace async_http_pool
