#include "http/address_policy.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace async_http_pool {
namespace {

struct V4Block {
  std::uint32_t network;
  int prefix;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array special_v4 = {
    V4Block{v4(0, 0, 0, 0), 8},         // "this network", RFC 791
    V4Block{v4(10, 0, 0, 0), 8},        // private, RFC 1918
    V4Block{v4(100, 64, 0, 0), 10},     // shared, RFC 6598; Alibaba's metadata 100.100.100.200
    V4Block{v4(127, 0, 0, 0), 8},       // loopback, RFC 1122
    V4Block{v4(168, 63, 129, 16), 32},  // Azure's WireServer: public by number only
    V4Block{v4(169, 254, 0, 0), 16},    // link-local, RFC 3927; metadata 169.254.169.254
    V4Block{v4(172, 16, 0, 0), 12},     // private, RFC 1918
    V4Block{v4(192, 0, 0, 0), 24},      // protocol assignments, RFC 6890; Oracle's 192.0.0.192
    V4Block{v4(192, 0, 2, 0), 24},      // documentation, RFC 5737
    V4Block{v4(192, 88, 99, 0), 24},    // 6to4 relays, RFC 7526
    V4Block{v4(192, 168, 0, 0), 16},    // private, RFC 1918
    V4Block{v4(198, 18, 0, 0), 15},     // benchmarks, RFC 2544
    V4Block{v4(198, 51, 100, 0), 24},   // documentation, RFC 5737
    V4Block{v4(203, 0, 113, 0), 24},    // documentation, RFC 5737
    V4Block{v4(224, 0, 0, 0), 4},       // multicast, RFC 5771
    V4Block{v4(240, 0, 0, 0), 4},       // reserved, RFC 1112, and 255.255.255.255
};

bool is_public_v4(std::uint32_t address) noexcept {
  return std::ranges::none_of(special_v4, [address](const V4Block& block) {
    return (address ^ block.network) >> static_cast<unsigned>(32 - block.prefix) == 0;
  });
}

/// The two bytes at `index`, in groups as IPv6 addresses are written.
std::uint32_t group(const IpAddress& address, std::size_t index) noexcept {
  return static_cast<std::uint32_t>(address.bytes[2 * index] << 8U | address.bytes[2 * index + 1]);
}

std::uint32_t v4_at(const IpAddress& address, std::size_t group_index) noexcept {
  return group(address, group_index) << 16U | group(address, group_index + 1);
}

bool are_zero(const IpAddress& address, std::size_t first_group, std::size_t end_group) noexcept {
  for (std::size_t i = first_group; i < end_group; ++i) {
    if (group(address, i) != 0) return false;
  }
  return true;
}

/// RFC 6052. Not 64:ff9b:1::/48 (RFC 8215), which is for networks of one's own.
bool is_nat64(const IpAddress& address) noexcept {
  return group(address, 0) == 0x64 && group(address, 1) == 0xFF9B && are_zero(address, 2, 6);
}

/// The IPv4 address that a packet to `address` ends at.
std::optional<std::uint32_t> carried_v4(const IpAddress& address) noexcept {
  if (address.is_v4() || is_nat64(address)) return v4_at(address, 6);
  if (group(address, 0) == 0x2002) return v4_at(address, 1);  // 6to4, RFC 3056
  const bool is_isatap = (group(address, 4) & 0xFDFFU) == 0 && group(address, 5) == 0x5EFE;
  if (is_isatap) return v4_at(address, 6);  // RFC 5214
  return std::nullopt;
}

/// Within 2000::/3, all that IANA has given out for global unicast.
bool is_special_v6(const IpAddress& address) noexcept {
  const std::uint32_t first = group(address, 0);
  const std::uint32_t second = group(address, 1);
  return (first == 0x2001 && second < 0x0200)      // RFC 2928: Teredo, benchmarks, ORCHID...
         || (first == 0x2001 && second == 0x0DB8)  // documentation, RFC 3849
         || (first == 0x3FFF && second < 0x1000);  // documentation, RFC 9637
}

bool is_global_unicast(const IpAddress& address) noexcept {
  return (address.bytes[0] & 0xE0U) == 0x20;
}

}  // namespace

bool is_public_address(const IpAddress& address) noexcept {
  const auto carried = carried_v4(address);
  if (carried && !is_public_v4(*carried)) return false;
  const bool is_translated = address.is_v4() || is_nat64(address);
  return is_translated || (is_global_unicast(address) && !is_special_v6(address));
}

bool is_in_ranges(const IpAddress& address, const std::vector<std::string>& ranges) noexcept {
  return std::ranges::any_of(ranges, [&address](std::string_view text) {
    const auto range = parse_address_range(text);
    return range && range->contains(address);
  });
}

}  // namespace async_http_pool
