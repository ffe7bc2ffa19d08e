#pragma once

#include <async_http_pool/body_source.hpp>

namespace async_http_pool {

/// What the library notes about a `BodySource`, beyond one attempt: its bytes can come but once,
/// and to one request at a time.
class BodySourceUse {
 public:
  /// any-thread. Whether `owner` has it, from now on or already; false: another one has. Null, for
  /// nobody who could release it: looks only.
  [[nodiscard]] static bool claim(BodySource& source, const void* owner) noexcept {
    const void* holder = nullptr;
    return source.claimed_by_.compare_exchange_strong(holder, owner, std::memory_order_acquire) ||
           holder == owner;
  }
  /// Does nothing when `owner` has not claimed it.
  static void release(BodySource& source, const void* owner) noexcept {
    source.claimed_by_.compare_exchange_strong(owner, nullptr, std::memory_order_release,
                                               std::memory_order_relaxed);
  }

  // agent-thread, by who has claimed it, or is the only one who could.

  static void note_read(BodySource& source) noexcept { source.was_read_ = true; }
  /// Whether it is at its first byte, now. Calls the application's `rewind` if it has to, and
  /// throws what that throws.
  [[nodiscard]] static bool start_over(BodySource& source) {
    if (source.was_read_) source.was_read_ = !source.rewind();
    return !source.was_read_;
  }
};

}  // namespace async_http_pool
