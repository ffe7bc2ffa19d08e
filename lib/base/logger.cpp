#include <async_http_pool/logger.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

/// "2026-01-31T12:34:56.789Z" (RFC 3339)
std::string timestamp() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now();
  const auto since_epoch = std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds),
                     since_epoch.count() % 1000);
}

class StderrLogger final : public Logger {
 public:
  explicit StderrLogger(LogLevel level) noexcept : level_(level) {}

  [[nodiscard]] LogLevel level() const noexcept override { return level_; }

  /// The line goes out in one piece, so that those of several threads and processes do not mix.
  void log(LogLevel level, std::string_view message) override {
    if (level < level_) {
      return;
    }
    const std::string line = fmt::format("{} [AsyncHttpPool] {}: {}\n", timestamp(),
                                         to_string(level), printable(message));
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t count = write(STDERR_FILENO, rest.data(), rest.size());
      if (count >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        return;  // a log that cannot be written must not stop the work
      }
    }
  }

 private:
  LogLevel level_;
};

}  // namespace

Logger::~Logger() = default;

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";  // a level that was cast from elsewhere: rather too loud than lost
}

std::shared_ptr<Logger> make_stderr_logger(LogLevel level) {
  return std::make_shared<StderrLogger>(level);
}

}  // namespace async_http_pool
