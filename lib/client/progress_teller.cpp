#include "client/progress_teller.hpp"

#include "base/exception_text.hpp"
#include "base/log.hpp"

namespace async_http_pool {

void ProgressTeller::note(std::uint64_t bytes_sent, std::uint64_t bytes_received, TimePoint now,
                          Logger* logger) noexcept {
  progress_.bytes_sent = bytes_sent;
  progress_.bytes_received = bytes_received;
  if (callback_ == nullptr || now < tell_at_) return;
  tell_at_ = now + interval;
  tell(logger);
}

void ProgressTeller::end(Logger* logger) noexcept {
  if (callback_ != nullptr) tell(logger);
}

void ProgressTeller::tell(Logger* logger) noexcept {
  try {
    callback_(progress_);
  } catch (...) {
    log_message(logger, LogLevel::error, "a progress callback threw: {}", current_exception_text());
  }
}

}  // namespace async_http_pool
