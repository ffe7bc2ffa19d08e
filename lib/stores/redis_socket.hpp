#pragma once

#include "base/clock.hpp"

#include <string>
#include <utility>

#include <sys/socket.h>

#include <async_http_pool/redis_store.hpp>

namespace async_http_pool {

/// Owns the descriptor of a connected socket: non-blocking, closed on exec.
class RedisSocket {
 public:
  /// Connects to the first address of the server that can be reached, each of which has its share
  /// of the time. Throws `RedisFailure` when none can before `deadline`.
  RedisSocket(const RedisStoreOptions& options, TimePoint deadline);
  ~RedisSocket();
  RedisSocket(const RedisSocket&) = delete;
  RedisSocket& operator=(const RedisSocket&) = delete;

  [[nodiscard]] int number() const noexcept { return number_; }
  /// Hands the descriptor over.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  struct Address {
    const sockaddr* place;
    socklen_t length;
  };
  RedisSocket() = default;
  void connect_to_path(const std::string& path, TimePoint deadline);
  void connect_to_host(const RedisStoreOptions& options, TimePoint deadline);
  /// Opens another socket and connects it; returns the error, 0 when it is connected now.
  [[nodiscard]] int connect_to(const Address& address, TimePoint deadline);
  void close() noexcept;

  int number_ = -1;
};

/// poll(2) for `events` on one descriptor, until `deadline`; returns those that came, 0 when time
/// was over first. Throws `RedisFailure`.
[[nodiscard]] short wait_for_socket(int number, short events, TimePoint deadline);

}  // namespace async_http_pool
