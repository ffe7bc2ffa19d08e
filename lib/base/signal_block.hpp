#pragma once

#include <csignal>

namespace async_http_pool {

/// Blocks all signals for the calling thread while it lives, and so for the threads made meanwhile,
/// for good: signals are the application's, and SIGPIPE must not come from a socket of ours.
class SignalBlock {
 public:
  SignalBlock() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalBlock(const SignalBlock&) = delete;
  SignalBlock& operator=(const SignalBlock&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace async_http_pool
