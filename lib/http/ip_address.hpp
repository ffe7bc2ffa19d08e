#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace async_http_pool {

/// An IPv4 or IPv6 address: 16 bytes, an IPv4 one in its mapped form (::ffff:a.b.c.d, RFC 4291,
/// section 2.5.5.2), so that both notations of it are equal.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_v4() const noexcept;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// The last four bytes of `bytes` as an IPv4 address.
[[nodiscard]] IpAddress ipv4_address(std::array<std::uint8_t, 4> bytes) noexcept;

/// What inet_pton(3) takes: four decimal numbers, or IPv6 without brackets and zone.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept;

/// A block of addresses, "10.0.0.0/8" or "fd00::/8" (RFC 4632, section 3.1).
struct AddressRange {
  IpAddress network;
  int prefix = 0;  ///< bits of all 128: 96 more than an IPv4 range says

  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
};

/// A range, or an address, which is a range of one. None where bits are set beyond the prefix: that
/// is a slip mostly.
[[nodiscard]] std::optional<AddressRange> parse_address_range(std::string_view text) noexcept;

}  // namespace async_http_pool
