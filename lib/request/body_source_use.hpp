#pragma once

#include <async_http_pool/body_source.hpp>

namespace async_http_pool {

/// What the library notes about a `BodySource`, beyond one attempt: its bytes can come but once,
/// and to one request.
class BodySourceUse {
 public:
  /// any-thread. False: another attempt has it.
  [[nodiscard]] static bool claim(BodySource& source) noexcept {
    return !source.is_claimed_.exchange(true, std::memory_order_acquire);
  }
  static void release(BodySource& source) noexcept {
    source.is_claimed_.store(false, std::memory_order_release);
  }

  // agent-thread, by who has claimed it, or is the only one who could.

  static void note_read(BodySource& source) noexcept { source.was_read_ = true; }
  [[nodiscard]] static bool was_read(const BodySource& source) noexcept { return source.was_read_; }
  /// Whether it is at its first byte, now. Calls the application's `rewind` if it has to, and
  /// throws what that throws.
  [[nodiscard]] static bool start_over(BodySource& source) {
    if (source.was_read_) source.was_read_ = !source.rewind();
    return !source.was_read_;
  }
};

}  // namespace async_http_pool
