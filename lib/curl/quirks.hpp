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
};

[[nodiscard]] constexpr Quirks quirks_of(unsigned curl_version) noexcept {
  constexpr unsigned v8_0_0 = 0x080000;
  constexpr unsigned v8_1_0 = 0x080100;
  constexpr unsigned v8_15_0 = 0x080f00;
  constexpr unsigned v8_20_0 = 0x081400;
  return {.needs_fresh_handles = curl_version < v8_1_0,
          .trusts_idle_connections = curl_version < v8_0_0 || curl_version >= v8_15_0,
          .joins_resolver_threads = curl_version >= v8_20_0};
}

}  // namespace async_http_pool
