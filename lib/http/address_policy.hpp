#pragma once

#include <string>
#include <vector>

#include "http/ip_address.hpp"

namespace async_http_pool {

/// Whether an address belongs to the public internet, as far as the number says: none of the
/// special-purpose blocks of RFC 6890 and IANA's registries (loopback, private, link-local, shared,
/// multicast, documentation, benchmark, reserved...), not a metadata service of a cloud, and no
/// form of IPv6 that carries such an IPv4 address (mapped, NAT64, 6to4, ISATAP) or hides one
/// (Teredo, IPv4-compatible, translation prefixes of one's own). Pure.
[[nodiscard]] bool is_public_address(const IpAddress& address) noexcept;

/// Whether one of `ranges`, each a checked text of `parse_address_range`, contains `address`. An
/// IPv4 range says nothing of NAT64 and 6to4 forms of its addresses.
[[nodiscard]] bool is_in_ranges(const IpAddress& address,
                                const std::vector<std::string>& ranges) noexcept;

}  // namespace async_http_pool
