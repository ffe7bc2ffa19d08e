// The rules of options about connections and addresses.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>

#include <fmt/format.h>

#include <sys/un.h>

#include "base/printable.hpp"
#include "config/option_rules.hpp"
#include "http/connection_route.hpp"
#include "http/ip_address.hpp"

namespace async_http_pool {
namespace {

constexpr Milliseconds keepalive_max = std::chrono::seconds(32767);  // MAX_TCP_KEEPINTVL of Linux
constexpr std::size_t list_size_max = 1000;
constexpr std::size_t interface_name_max = 15;  // IFNAMSIZ without its NUL
constexpr std::size_t socket_path_max = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void refuse(std::string_view option, std::string_view rule, std::string_view value) {
  throw std::invalid_argument(fmt::format("{} must be {}, got: {}", option, rule, quoted(value)));
}

template <typename Check>
void check_list(std::string_view option, const TextList& value, std::string_view rule,
                Check is_right) {
  if (value.size() > list_size_max) {
    throw std::invalid_argument(
        fmt::format("{} must have at most {} items, got: {}", option, list_size_max, value.size()));
  }
  for (const std::string& text : value) {
    check_text(option, text);
    if (!is_right(text)) refuse(option, rule, text);
  }
}

bool is_interface_name(std::string_view text) noexcept {
  return text.size() <= interface_name_max && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || c == '/' || c == '!' || c == '\x7F';
         });
}

}  // namespace

void check_keepalive(std::string_view option, Milliseconds value) {
  check_duration_or_zero(option, value);
  if (value > keepalive_max) {
    throw std::invalid_argument(fmt::format("{} must be at most {} ms, got: {} ms", option,
                                            keepalive_max.count(), value.count()));
  }
}

void check_network_interface(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!is_interface_name(value) && !parse_ip_address(value))
    refuse(option, "the name of a network interface or an IP address", value);
}

void check_socket_path(std::string_view option, std::string_view value) {
  check_path(option, value);
  if (value.size() > socket_path_max)
    refuse(option, fmt::format("at most {} bytes", socket_path_max), value);
}

void check_endpoint(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!value.empty() && !parse_endpoint(value)) refuse(option, "of the form host:port", value);
}

void check_known_addresses(std::string_view option, const TextList& value) {
  check_list(option, value, "of the form host:port:address",
             [](std::string_view text) { return parse_known_address(text).has_value(); });
}

void check_address_ranges(std::string_view option, const TextList& value) {
  check_list(option, value, "an address or a range like 10.0.0.0/8",
             [](std::string_view text) { return parse_address_range(text).has_value(); });
}

}  // namespace async_http_pool
