#include "stores/redis_options.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <sys/un.h>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "stores/redis_url.hpp"

namespace async_http_pool {
namespace {

constexpr int port_max = 65535;
constexpr int connections_max = 10'000;
constexpr std::size_t key_prefix_bytes_max = 1024;
constexpr std::size_t socket_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::chrono::milliseconds timeout_max = std::chrono::hours(24);
constexpr std::chrono::milliseconds ttl_max = std::chrono::hours(24 * 365 * 100);

void check(bool is_right, std::string_view message) {
  if (!is_right) throw std::invalid_argument(std::string(message));
}

void check_range(std::string_view name, int value, std::pair<int, int> range) {
  if (value >= range.first && value <= range.second) return;
  throw std::invalid_argument(fmt::format("redis {} must be between {} and {}, got: {}", name,
                                          range.first, range.second, value));
}

void check_time(std::string_view name, std::chrono::milliseconds value,
                std::chrono::milliseconds max) {
  if (value >= std::chrono::milliseconds(1) && value <= max) return;
  throw std::invalid_argument(fmt::format("redis {} must be between 1 and {} ms, got: {} ms", name,
                                          max.count(), value.count()));
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void check_place(const RedisStoreOptions& options) {
  if (options.unix_socket.empty()) {
    check(!options.host.empty(), "redis host is empty");
    check(!has_nul(options.host), "redis host has a NUL byte");
    check_range("port", options.port, {1, port_max});
    return;
  }
  check(!has_nul(options.unix_socket), "redis unix_socket has a NUL byte");
  if (options.unix_socket.size() > socket_path_bytes_max) {
    throw std::invalid_argument(fmt::format("redis unix_socket is longer than {} bytes: {}",
                                            socket_path_bytes_max, quoted(options.unix_socket)));
  }
  check(!options.tls, "redis tls does not go with a unix socket");
}

}  // namespace

RedisStoreOptions checked_redis_options(RedisStoreOptions options) {
  options = resolve_redis_url(std::move(options));
  check_place(options);
  // AUTH with an empty password is a mistake but for a user without one, who may give any.
  check(options.user.empty() || !options.password.empty(),
        "redis user is set, but password is not");
  check(options.db >= 0, "redis db must not be negative");
  // Who names authorities expects TLS: payloads and passwords must not go in the clear instead.
  check(options.tls || options.ca_file.empty(), "redis ca_file is set, but tls is not");
  check(!has_nul(options.ca_file), "redis ca_file has a NUL byte");
  if (options.key_prefix.size() > key_prefix_bytes_max) {
    throw std::invalid_argument(fmt::format("redis key_prefix is longer than {} bytes, got: {}",
                                            key_prefix_bytes_max, options.key_prefix.size()));
  }
  if (options.ttl) check_time("ttl", *options.ttl, ttl_max);
  check_time("connect_timeout", options.connect_timeout, timeout_max);
  check_time("command_timeout", options.command_timeout, timeout_max);
  check_range("max_connections", options.max_connections, {1, connections_max});
  return options;
}

std::string redis_place(const RedisStoreOptions& options) {
  if (!options.unix_socket.empty()) return printable(options.unix_socket);
  const bool is_ipv6 = options.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", printable(options.host), is_ipv6 ? "]" : "",
                     options.port);
}

}  // namespace async_http_pool
