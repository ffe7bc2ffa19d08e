#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace async_http_pool {

/// One end of a connection.
struct SocketAddress {
  std::string ip;  ///< as text, "127.0.0.1" or "::1"; empty when there is none
  int port = 0;

  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

/// The version of HTTP that a server answered with.
enum class ProtocolVersion { none, http1_0, http1_1, http2, http3 };

/// What a request cost. Values of the last attempt, unless they say otherwise; what did not happen
/// is zero, a name look-up on a connection that was used before, say. Not part of the JSON of
/// responses and errors.
struct Metrics {
  using Microseconds = std::chrono::microseconds;

  /// From `enqueue` until the first attempt was handed to libcurl.
  Microseconds queue{0};

  // Durations one after the other (CURLINFO_NAMELOOKUP_TIME_T and its siblings give points in time,
  // these are the differences). What is shared with other requests, a connection that was waited
  // for, counts for each of them.
  Microseconds dns{0};         ///< to look the name up
  Microseconds connect{0};     ///< to connect, to a proxy or the server
  Microseconds tls{0};         ///< TLS handshake, and the proxy's tunnel
  Microseconds first_byte{0};  ///< from then to the first byte of the response
  Microseconds transfer{0};    ///< from that to its last

  /// From `enqueue` to the outcome: all attempts and redirects, and the pauses between them.
  Microseconds total{0};
  /// Of `total`, what went by before the last redirect was followed.
  Microseconds redirect{0};

  /// Bytes of the request's body.
  std::int64_t bytes_sent = 0;
  /// Bytes of the response's body as received, before decoding.
  std::int64_t bytes_received = 0;
  /// Whether the connection had been used before.
  bool is_connection_reused = false;
  SocketAddress local_address;
  /// The server's, or the proxy's.
  SocketAddress remote_address;
  ProtocolVersion protocol = ProtocolVersion::none;
  /// Requests handed to libcurl, those of redirects and retries included.
  int attempts = 0;
};

/// What TLS agreed on with the server.
struct TlsInfo {
  std::string version;  ///< "TLSv1.3"
  std::string cipher;   ///< in OpenSSL's notation: "TLS_AES_256_GCM_SHA384"
  std::string alpn;     ///< "h2" or "http/1.1"; empty when none was agreed on
  /// The chain that the server showed, its own first, as PEM; only with `keep_peer_certificates`.
  std::vector<std::string> peer_certificates;

  friend bool operator==(const TlsInfo&, const TlsInfo&) = default;
};

}  // namespace async_http_pool
