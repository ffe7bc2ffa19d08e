#pragma once

namespace async_http_pool::test {

/// While it lives, the next `count` attempts of this process to connect to an address of the
/// internet fail with `error`. One at a time; by a `connect` of the test program's own.
class ConnectFailure {
 public:
  struct Options {
    int error;
    int count;
  };
  explicit ConnectFailure(const Options& options) noexcept;
  ~ConnectFailure();
  ConnectFailure(const ConnectFailure&) = delete;
  ConnectFailure& operator=(const ConnectFailure&) = delete;
  /// How many are still to fail.
  [[nodiscard]] int left() const noexcept;
};

}  // namespace async_http_pool::test
