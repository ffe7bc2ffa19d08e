#pragma once

#include "support/descriptor.hpp"
#include "support/temp_directory.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace async_http_pool::test {

/// Waits for the next connection. Throws `std::runtime_error` when none comes in time.
[[nodiscard]] Descriptor accept_from(const Descriptor& listener);
/// What arrives up to the first empty line; less when the peer closes. Throws like `accept_from`.
[[nodiscard]] std::string receive_head_from(const Descriptor& connection);

/// A port of 127.0.0.1 whose connections the test serves itself, on its own thread.
class RawListener {
 public:
  RawListener() : socket_(listen_on_loopback()) {}
  [[nodiscard]] std::uint16_t port() const { return local_port(socket_); }
  [[nodiscard]] Descriptor accept() const { return accept_from(socket_); }
  /// "127.0.0.1"
  [[nodiscard]] static std::string peer_address(const Descriptor& connection);
  [[nodiscard]] static std::string receive_head(const Descriptor& connection) {
    return receive_head_from(connection);
  }

 private:
  Descriptor socket_;
};

/// The same at a path.
class UnixListener {
 public:
  UnixListener();
  [[nodiscard]] std::string path() const { return (directory_.path() / "socket").string(); }
  [[nodiscard]] Descriptor accept() const { return accept_from(socket_); }
  [[nodiscard]] static std::string receive_head(const Descriptor& connection) {
    return receive_head_from(connection);
  }

 private:
  TempDirectory directory_;
  Descriptor socket_;
};

[[nodiscard]] bool has_ipv6_loopback();

/// Like `FullListener`, at a given port of ::1.
class FullIpv6Listener {
 public:
  explicit FullIpv6Listener(std::uint16_t port);

 private:
  Descriptor listener_;
  std::vector<Descriptor> queued_;
};

}  // namespace async_http_pool::test
