#pragma once

#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/temp_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool::test {

struct NginxOptions {
  int keepalive_requests = 1'000'000;
  int http2_max_concurrent_streams = 128;
  std::optional<ServerIdentity> identity;  ///< none: no TLS port
  std::string tls_protocols = "TLSv1.2 TLSv1.3";
  bool http2 = true;
  std::string tls_directives;  ///< more directives of the TLS port's `server`
  std::string locations;       ///< more `location` blocks, for both ports
};

/// Debian's nginx on free ports of 127.0.0.1, in one process of its own.
///
/// Both ports serve /tiny ("ok"), /about ("<connection's number> <request's number on it>
/// <protocol>"), /redirect (302 to /tiny), the files of `write_file`, and those below /gzip/
/// compressed; the plain one also /status (stub_status).
class NginxServer {
 public:
  /// Returns when the server answers. Throws `std::runtime_error` with its log when it does not.
  explicit NginxServer(const NginxOptions& options = {});

  [[nodiscard]] std::string url(std::string_view path) const;
  /// On the TLS port, under the name localhost.
  [[nodiscard]] std::string tls_url(std::string_view path) const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint16_t tls_port() const noexcept { return tls_port_; }

  /// Makes /<name> and /gzip/<name> answer `content`.
  void write_file(std::string_view name, std::string_view content) const;
  /// The same with so many bytes, all 0, which take no room.
  void write_hole(std::string_view name, std::uint64_t bytes) const;
  /// Connections accepted on all ports so far, without those of this class.
  [[nodiscard]] std::size_t accepted_connections();
  [[nodiscard]] std::string log() const;

 private:
  void wait_until_ready();
  /// The body of a response of the plain port, by a connection of its own.
  [[nodiscard]] std::string ask(std::string_view path);

  TempDirectory directory_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::size_t own_connections_ = 0;
  std::unique_ptr<ChildProcess> process_;  // last: ends before the directory goes
};

}  // namespace async_http_pool::test
