#pragma once

namespace async_http_pool {

/// What the loaded libcurl gets wrong and we make good: the one place that decides by version. A
/// distribution may have fixed something without changing the number; then we are only more careful
/// than needed.
struct Quirks {
  /// A handle used before crashes on a response whose first header line is folded (curl#11101,
  /// fixed in 8.1.0): every request gets a fresh handle.
  bool needs_fresh_handles;
  /// An idle connection is used without a look at it: bytes that came unasked are taken for the
  /// next response (fixed in 8.0.0), or the request goes into a connection that the server has
  /// closed (seen with 8.22, not with 8.14.1). So look at the socket before each request on a
  /// connection that was used before.
  bool trusts_idle_connections;
  /// Ending a multi handle waits for its resolver threads unless told not to (8.20.0).
  bool joins_resolver_threads;
  /// A connection opened with prior knowledge of HTTP/2 fails each request but the first (fixed in
  /// 8.0.0).
  bool breaks_prior_knowledge;
  /// A GOAWAY that does not take a stream (RFC 9113, section 6.8) ends its transfer with
  /// CURLE_HTTP2 and no text, and 7.88 hardly anything else; from 8.0.0 on a connection that
  /// broke may too.
  bool refuses_streams_wordlessly;
  /// Connections, and sessions in a shared cache, are told apart by a client's certificate but not
  /// by its key, password and format, or (8.12 to 8.19) not at all: a request gets what another
  /// one's identity opened (8.21.0).
  bool mixes_up_client_certificates;
  /// A tunnel through an http(s) proxy is used again with other credentials for the proxy, or none
  /// (8.19.0).
  bool mixes_up_proxy_credentials;
  /// An HTTP/2 stream that is paused does not go on, or fails: many pauses (curl#10988, fixed in
  /// 8.1.0), decoded bodies (curl#16280, 8.13.0), its window (curl#16955, 8.14.0), its next piece
  /// (curl#19334, in 8.16.0 alone).
  bool breaks_paused_streams;
  /// The RST_STREAM of a transfer that is taken away waits for whatever its connection sends next
  /// (8.15.0).
  bool holds_stream_resets_back;
  /// A body that waits for "100 Continue" is never sent when bytes of an interim response come as
  /// the wait ends (8.7.0), or another timer of the transfer ends less than a millisecond before
  /// (curl#11937, 8.4.0).
  bool loses_expect_timer;
};

[[nodiscard]] constexpr Quirks quirks_of(unsigned curl_version) noexcept {
  constexpr unsigned v8_0_0 = 0x080000;
  constexpr unsigned v8_1_0 = 0x080100;
  constexpr unsigned v8_7_0 = 0x080700;
  constexpr unsigned v8_14_0 = 0x080e00;
  constexpr unsigned v8_15_0 = 0x080f00;
  constexpr unsigned v8_16_0 = 0x081000;
  constexpr unsigned v8_17_0 = 0x081100;
  constexpr unsigned v8_19_0 = 0x081300;
  constexpr unsigned v8_20_0 = 0x081400;
  constexpr unsigned v8_21_0 = 0x081500;
  return {.needs_fresh_handles = curl_version < v8_1_0,
          .trusts_idle_connections = curl_version < v8_0_0 || curl_version >= v8_15_0,
          .joins_resolver_threads = curl_version >= v8_20_0,
          .breaks_prior_knowledge = curl_version < v8_0_0,
          .refuses_streams_wordlessly = curl_version < v8_0_0,
          .mixes_up_client_certificates = curl_version < v8_21_0,
          .mixes_up_proxy_credentials = curl_version < v8_19_0,
          .breaks_paused_streams = (curl_version >= v8_0_0 && curl_version < v8_14_0) ||
                                   (curl_version >= v8_16_0 && curl_version < v8_17_0),
          .holds_stream_resets_back = curl_version < v8_15_0,
          .loses_expect_timer = curl_version < v8_7_0};
}

}  // namespace async_http_pool
