#pragma once

#include "base/clock.hpp"

#include <async_http_pool/client.hpp>
#include <async_http_pool/logger.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace async_http_pool {

/// Tells of the progress of a request, not too often. agent-thread
class ProgressTeller {
 public:
  static constexpr std::chrono::milliseconds interval{100};
  using Callback = std::function<void(const Progress& progress)>;

  /// Without a callback, which may be null, it does nothing.
  explicit ProgressTeller(Callback callback) noexcept : callback_(std::move(callback)) {}

  [[nodiscard]] bool is_wanted() const noexcept { return callback_ != nullptr; }
  /// What the bodies will be in all, where that is known.
  void expect_sent(std::optional<std::uint64_t> bytes) noexcept { progress_.bytes_to_send = bytes; }
  void expect_received(std::optional<std::uint64_t> bytes) noexcept {
    progress_.bytes_to_receive = bytes;
  }
  /// `logger`, which may be null, learns what the callback throws.
  void note(std::uint64_t bytes_sent, std::uint64_t bytes_received, TimePoint now,
            Logger* logger) noexcept;
  /// The request is over: tells once more, whenever that was done before.
  void end(Logger* logger) noexcept;

 private:
  void tell(Logger* logger) noexcept;

  const Callback callback_;
  Progress progress_;
  TimePoint tell_at_ = TimePoint::min();
};

}  // namespace async_http_pool
