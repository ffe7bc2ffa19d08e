#pragma once

#include <memory>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/logger.hpp>
#include "base/printable.hpp"

namespace async_http_pool {

/// Gives `logger`, if there is one, a message when it wants `level`; formats nothing otherwise.
/// Whatever goes wrong, in the formatting or in a logger of the user, stays here. The message
/// becomes a single line; keeping secrets out of it is the caller's part (`redact_url`). any-thread
template <typename... Args>
void log_message(Logger* logger, LogLevel level, fmt::format_string<Args...> format,
                 Args&&... args) noexcept {
  if (logger == nullptr || level < logger->level()) {
    return;
  }
  try {
    logger->log(level, printable(fmt::format(format, std::forward<Args>(args)...)));
  } catch (...) {  // NOLINT(bugprone-empty-catch): there is nowhere left to complain
  }
}

template <typename... Args>
void log_message(const std::shared_ptr<Logger>& logger, LogLevel level,
                 fmt::format_string<Args...> format, Args&&... args) noexcept {
  log_message(logger.get(), level, format, std::forward<Args>(args)...);
}

}  // namespace async_http_pool
