#pragma once

#include "base/clock.hpp"

#include <utility>

#include <async_http_pool/redis_store.hpp>

namespace async_http_pool {

/// Owns the descriptor of a connected socket: non-blocking, closed on exec.
class RedisSocket {
 public:
  /// Connects to the first address of the server that can be reached. Throws `RedisFailure` when
  /// none can before `deadline`. Looking up a host name takes as long as the system's resolver
  /// allows.
  RedisSocket(const RedisStoreOptions& options, TimePoint deadline);
  ~RedisSocket();
  RedisSocket(const RedisSocket&) = delete;
  RedisSocket& operator=(const RedisSocket&) = delete;

  [[nodiscard]] int number() const noexcept { return number_; }
  /// Hands the descriptor over.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// poll(2) for `events` on one descriptor, until `deadline`; returns those that came, 0 when time
/// was over first. Throws `RedisFailure`.
[[nodiscard]] short wait_for_socket(int number, short events, TimePoint deadline);

}  // namespace async_http_pool
