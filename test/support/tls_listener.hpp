#pragma once

#include "support/certificates.hpp"
#include "support/raw_listener.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace async_http_pool::test {

/// One connection of a `TlsListener`. All members throw `std::runtime_error` when OpenSSL refuses
/// or nothing comes in time.
class TlsConnection {
 public:
  TlsConnection(ssl_ctx_st& context, Descriptor socket);

  /// What arrives up to the first empty line.
  [[nodiscard]] std::string receive_head();
  void send(std::string_view bytes);
  /// Asks the peer for another handshake (TLS 1.2) and waits for its end.
  void renegotiate();
  /// An end as it should be: close_notify, then FIN.
  void close();
  /// FIN alone, as anybody in between can make it.
  void cut();

 private:
  struct Free {
    void operator()(ssl_st* session) const noexcept;
  };
  void wait_for_input() const;

  ssl_ctx_st& context_;
  Descriptor socket_;
  std::unique_ptr<ssl_st, Free> session_;
};

/// A port of localhost whose connections, of TLS 1.2 and HTTP/1.1, the test serves itself, on its
/// own thread.
class TlsListener {
 public:
  explicit TlsListener(const ServerIdentity& identity);
  [[nodiscard]] std::string url() const {
    return "https://localhost:" + std::to_string(listener_.port()) + "/";
  }
  /// Waits for the next connection and its handshake.
  [[nodiscard]] TlsConnection accept() const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  RawListener listener_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace async_http_pool::test
