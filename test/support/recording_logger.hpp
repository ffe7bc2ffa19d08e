#pragma once

#include <async_http_pool/logger.hpp>

#include <mutex>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// Keeps what the library logs. Any thread.
class RecordingLogger final : public Logger {
 public:
  explicit RecordingLogger(LogLevel level = LogLevel::debug) : level_(level) {}

  [[nodiscard]] LogLevel level() const noexcept override { return level_; }
  void log(LogLevel level, std::string_view message) override {
    const std::lock_guard lock(mutex_);
    text_.append(to_string(level)).append(" ").append(message).append("\n");
  }

  /// One line a message: "warn the message".
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  [[nodiscard]] bool contains(std::string_view part) const {
    return text().find(part) != std::string::npos;
  }

 private:
  const LogLevel level_;
  mutable std::mutex mutex_;
  std::string text_;  // guarded by mutex_
};

}  // namespace async_http_pool::test
