#pragma once

#include <async_http_pool/export.hpp>

#include <memory>
#include <string_view>

namespace async_http_pool {

/// How important a message is, least first.
enum class LogLevel { debug, info, warn, error };

/// "debug", "info", "warn" or "error".
[[nodiscard]] AHP_EXPORT std::string_view to_string(LogLevel level) noexcept;

/// Where the library writes what it has to say. Implement it to bring the messages into your own
/// log.
///
/// Called on any thread, also on several at once, and on the agent thread: be quick. Messages are
/// single lines without credentials. Exceptions are swallowed.
class AHP_EXPORT Logger {
 public:
  virtual ~Logger();
  /// The least level that is wanted; messages below it are not even formatted.
  [[nodiscard]] virtual LogLevel level() const noexcept = 0;
  virtual void log(LogLevel level, std::string_view message) = 0;
};

/// The default logger: one line a message on stderr, from `level` on.
[[nodiscard]] AHP_EXPORT std::shared_ptr<Logger> make_stderr_logger(
    LogLevel level = LogLevel::error);

}  // namespace async_http_pool
