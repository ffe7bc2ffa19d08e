#pragma once

namespace async_http_pool {

/// What the loaded libcurl gets wrong and we make good: the one place that decides by version. A
/// distribution may have fixed something without changing the number; then we are only more careful
/// than needed.
struct Quirks {
  /// A handle used before crashes on a response whose first header line is folded (curl#11101,
  /// fixed in 8.1.0): every request gets a fresh handle.
  bool needs_fresh_handles;
  /// Unsolicited bytes on an idle connection are taken for the next response (fixed in 8.0.0): look
  /// at the socket before each request on a reused connection.
  bool reads_stray_responses;
};

[[nodiscard]] constexpr Quirks quirks_of(unsigned curl_version) noexcept {
  constexpr unsigned v8_0_0 = 0x080000;
  constexpr unsigned v8_1_0 = 0x080100;
  return {.needs_fresh_handles = curl_version < v8_1_0,
          .reads_stray_responses = curl_version < v8_0_0};
}

}  // namespace async_http_pool
