#pragma once

#include "support/certificates.hpp"
#include "support/descriptor.hpp"
#include "support/gate.hpp"

#include <openssl/ssl.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace async_http_pool::test {

/// A server of HTTP/1.1 that sends bodies as fast as its clients take them, and tells how much of
/// them went into its sockets. On a free port of 127.0.0.1; a thread for each connection, whose
/// send buffer is small, so that a client that does not read is soon felt. Any thread.
class PourServer {
 public:
  /// Without an identity it speaks no TLS. Throws `std::runtime_error`.
  explicit PourServer(const std::optional<ServerIdentity>& identity = std::nullopt);
  ~PourServer();
  PourServer(const PourServer&) = delete;
  PourServer& operator=(const PourServer&) = delete;

  /// Of a response whose body has so many bytes.
  [[nodiscard]] std::string url(std::uint64_t bytes) const;
  /// Whether `bytes` are what any of the bodies has from `position` on.
  [[nodiscard]] static bool is_part(std::string_view bytes, std::uint64_t position);

  /// Bytes of all bodies so far.
  [[nodiscard]] std::uint64_t sent() const;
  /// Waits until nothing was sent for as long as `pause`. Returns `sent()`.
  [[nodiscard]] std::uint64_t wait_until_still(std::chrono::milliseconds pause = 300ms) const;

  // Each waits until it is so; false when `timeout` is over.
  [[nodiscard]] bool wait_for_sent(std::uint64_t bytes,
                                   std::chrono::milliseconds timeout = patience) const;
  /// So many connections were ended by clients.
  [[nodiscard]] bool wait_for_closed(std::size_t connections,
                                     std::chrono::milliseconds timeout = patience) const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  struct Connection {
    Descriptor socket;  // its thread closes it, guarded by mutex_
    std::thread thread;
  };

  void accept_all();
  void serve(Connection& connection);
  /// False when the client is gone.
  [[nodiscard]] bool pour(BIO& bio, std::uint64_t bytes);

  std::unique_ptr<SSL_CTX, FreeContext> context_;
  Descriptor listener_;
  const std::uint16_t port_;
  Gate stopping_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t sent_ = 0;             // guarded by mutex_
  std::size_t closed_ = 0;             // guarded by mutex_
  std::list<Connection> connections_;  // grows, guarded by mutex_
  std::thread thread_;
};

}  // namespace async_http_pool::test
