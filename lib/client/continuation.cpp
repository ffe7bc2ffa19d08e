#include "client/continuation.hpp"

#include <atomic>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace async_http_pool {
namespace {

void call_contained(const std::shared_ptr<Logger>& logger,
                    const std::function<void()>& continuation) noexcept {
  try {
    continuation();
  } catch (const std::exception& error) {
    log_message(logger, LogLevel::error, "a callback threw: {}", error.what());
  } catch (...) {
    log_message(logger, LogLevel::error, "a callback threw an object that is no std::exception");
  }
}

/// An executor that throws may have called the function before, or may yet.
struct CalledOnce {
  std::function<void()> continuation;
  std::shared_ptr<Logger> logger;
  std::atomic<bool> is_called = false;

  void call() noexcept {
    if (is_called.exchange(true, std::memory_order_acq_rel)) return;
    call_contained(logger, std::exchange(continuation, nullptr));
  }
};

}  // namespace

void run_continuation(const Executor& executor, const std::shared_ptr<Logger>& logger,
                      std::function<void()> continuation) noexcept {
  if (executor == nullptr) return call_contained(logger, continuation);
  std::shared_ptr<CalledOnce> called_once;
  try {
    called_once = std::make_shared<CalledOnce>();
  } catch (...) {  // no memory even for that
    return call_contained(logger, continuation);
  }
  called_once->continuation = std::move(continuation);
  called_once->logger = logger;
  try {
    executor([called_once] { called_once->call(); });
  } catch (...) {
    log_message(logger, LogLevel::error, "an executor threw: its continuation runs here instead");
    called_once->call();
  }
}

}  // namespace async_http_pool
