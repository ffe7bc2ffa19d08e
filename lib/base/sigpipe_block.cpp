#include "base/sigpipe_block.hpp"

#include <cerrno>
#include <ctime>

namespace async_http_pool {
namespace {

sigset_t sigpipe_only() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_sigpipe_pending() noexcept {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

SigpipeBlock::SigpipeBlock() noexcept : was_pending_(is_sigpipe_pending()) {
  const sigset_t sigpipe = sigpipe_only();
  pthread_sigmask(SIG_BLOCK, &sigpipe, &before_);
}

SigpipeBlock::~SigpipeBlock() {
  const int error = errno;
  if (!was_pending_ && is_sigpipe_pending()) {
    // A failed write raises it for the thread that wrote: it is this one's to take.
    const sigset_t sigpipe = sigpipe_only();
    const timespec at_once{};
    while (sigtimedwait(&sigpipe, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = error;
}

}  // namespace async_http_pool
