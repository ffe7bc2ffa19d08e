#include "base/thread_signal_block.hpp"

#include <cerrno>
#include <ctime>

namespace async_http_pool {
namespace {

sigset_t only(int signal) noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

bool is_pending(int signal) noexcept {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, signal) == 1;
}

}  // namespace

ThreadSignalBlock::ThreadSignalBlock(int signal) noexcept
    : signal_(signal), was_pending_(is_pending(signal)) {
  const sigset_t set = only(signal_);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

ThreadSignalBlock::~ThreadSignalBlock() {
  const int error = errno;
  if (!was_pending_ && is_pending(signal_)) {
    // A failed call raises it for the thread that made it: it is this one's to take.
    const sigset_t set = only(signal_);
    const timespec at_once{};
    while (sigtimedwait(&set, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = error;
}

}  // namespace async_http_pool
