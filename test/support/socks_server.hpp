#pragma once

#include "support/descriptor.hpp"
#include "support/gate.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace async_http_pool::test {

/// What a client asked a `SocksServer` for.
struct SocksRequest {
  int version = 0;   ///< 4 or 5
  std::string host;  ///< a name, or an IPv4 address
  bool is_name = false;
  std::uint16_t port = 0;
  std::string username;
  std::string password;
};

struct SocksOptions {
  std::string username = {};  ///< not empty: who does not come with both (SOCKS 5) is sent away
  std::string password = {};
  bool refuses = false;  ///< says that the host refused the connection
  bool closes = false;   ///< instead of any answer
};

/// A SOCKS 4, 4a and 5 proxy (RFC 1928, 1929) on a free port of 127.0.0.1. Whatever host is asked
/// for, it leads to that port of 127.0.0.1. A thread for each connection. All members: any thread.
class SocksServer {
 public:
  explicit SocksServer(SocksOptions options = {});
  ~SocksServer();
  SocksServer(const SocksServer&) = delete;
  SocksServer& operator=(const SocksServer&) = delete;

  /// "socks5h://credentials127.0.0.1:port"; `credentials` end in an @.
  [[nodiscard]] std::string url(std::string_view scheme, std::string_view credentials = "") const;
  /// All requests so far, in the order of their arrival.
  [[nodiscard]] std::vector<SocksRequest> requests() const;

 private:
  void accept_connections();
  void serve(const Descriptor& socket);
  [[nodiscard]] bool negotiate(const Descriptor& socket, SocksRequest& request) const;
  [[nodiscard]] bool negotiate_4(const Descriptor& socket, SocksRequest& request) const;
  [[nodiscard]] bool negotiate_5(const Descriptor& socket, SocksRequest& request) const;
  [[nodiscard]] bool check_password(const Descriptor& socket, SocksRequest& request) const;
  void answer(const Descriptor& socket, int version) const;
  void relay(const Descriptor& client, const Descriptor& server) const;
  /// Exactly `size` bytes; throws when they do not come.
  [[nodiscard]] std::string read(const Descriptor& socket, std::size_t size) const;
  /// Up to a NUL, which is not returned.
  [[nodiscard]] std::string read_text(const Descriptor& socket) const;

  const SocksOptions options_;
  Descriptor listener_;
  const std::uint16_t port_;
  Gate stopping_;
  mutable std::mutex mutex_;
  std::vector<SocksRequest> requests_;  // guarded by mutex_
  std::list<std::thread> threads_;      // the acceptor's
  std::thread acceptor_;
};

}  // namespace async_http_pool::test
