#pragma once

namespace async_http_pool::test {

/// While it lives, the next `count` sockets that the library wants are refused with EMFILE, as when
/// the process is out of descriptors. One at a time; by a `socket` of the test program's own.
class SocketShortage {
 public:
  explicit SocketShortage(int count) noexcept;
  ~SocketShortage();
  SocketShortage(const SocketShortage&) = delete;
  SocketShortage& operator=(const SocketShortage&) = delete;
  /// How many are still to be refused.
  [[nodiscard]] int left() const noexcept;
};

}  // namespace async_http_pool::test
