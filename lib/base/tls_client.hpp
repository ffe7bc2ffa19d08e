#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace async_http_pool {

/// One TLS connection of OpenSSL, to be driven by another library.
struct TlsSessionFree {
  void operator()(ssl_st* session) const noexcept;
};
using TlsSession = std::unique_ptr<ssl_st, TlsSessionFree>;

/// What the TLS connections of a client have in common: whom it trusts. TLS 1.2 or later.
/// any-thread
class TlsClient {
 public:
  /// `ca_file`: PEM; empty: the system's authorities. Throws `std::invalid_argument` when the file
  /// does not do, `std::runtime_error` when OpenSSL does not.
  explicit TlsClient(const std::string& ca_file);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// For a server whose certificate must name `host`, a name or an address. Throws
  /// `std::runtime_error`.
  [[nodiscard]] TlsSession make_session(const std::string& host) const;

 private:
  ssl_ctx_st* context_;
};

/// Whether `session` has to read before it can go on.
[[nodiscard]] bool is_tls_waiting_to_read(const ssl_st& session) noexcept;

/// Why the certificate of the peer was refused; empty when it was not.
[[nodiscard]] std::string tls_certificate_problem(const ssl_st& session);

/// Forgets the errors that OpenSSL keeps for the calling thread, so that older ones, of the
/// application too, are not taken for those of the next call.
void clear_tls_errors() noexcept;

}  // namespace async_http_pool
