#include "http/ip_address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace async_http_pool {
namespace {

constexpr int bits_of_v6 = 128;
constexpr int bits_of_v4 = 32;
constexpr std::size_t text_bytes_max = INET6_ADDRSTRLEN;

/// The first `prefix` bits of an address; the others 0.
IpAddress masked(IpAddress address, int prefix) noexcept {
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    const int bits = std::clamp(prefix - static_cast<int>(i) * 8, 0, 8);
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xFF00 >> bits));
  }
  return address;
}

}  // namespace

bool IpAddress::is_v4() const noexcept {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

IpAddress ipv4_address(std::array<std::uint8_t, 4> bytes) noexcept {
  IpAddress address{.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}};
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin() + 12);
  return address;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept {
  // inet_pton wants an end of its own; a NUL inside would be one too early.
  std::array<char, text_bytes_max + 1> terminated{};
  if (text.size() > text_bytes_max || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), terminated.begin());
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, terminated.data(), v4.data()) == 1) return ipv4_address(v4);
  IpAddress v6;
  if (::inet_pton(AF_INET6, terminated.data(), v6.bytes.data()) == 1) return v6;
  return std::nullopt;
}

bool AddressRange::contains(const IpAddress& address) const noexcept {
  return masked(address, prefix) == network;
}

std::optional<AddressRange> parse_address_range(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const std::string_view network = text.substr(0, slash);
  const auto address = parse_ip_address(network);
  if (!address) return std::nullopt;
  // By the notation: ::ffff:10.0.0.0/104 counts from the begin of the whole address.
  const bool is_v4 = network.find(':') == std::string_view::npos;
  const int bits_max = is_v4 ? bits_of_v4 : bits_of_v6;
  int prefix = bits_max;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, prefix);
    if (error != std::errc() || stop != end || prefix < 0 || prefix > bits_max) return std::nullopt;
  }
  const AddressRange range{.network = *address,
                           .prefix = prefix + (is_v4 ? bits_of_v6 - bits_of_v4 : 0)};
  if (!range.contains(*address)) return std::nullopt;
  return range;
}

}  // namespace async_http_pool
