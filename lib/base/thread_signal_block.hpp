#pragma once

#include <csignal>

namespace async_http_pool {

/// Keeps a system call of the calling thread from raising `signal` while it lives, where the error
/// that the call returns says all: SIGPIPE, SIGXFSZ. The signal is taken back before its mask is
/// restored; one that was pending before stays. What the process does with the signal is not
/// touched, and neither is errno.
class ThreadSignalBlock {
 public:
  explicit ThreadSignalBlock(int signal) noexcept;
  ~ThreadSignalBlock();
  ThreadSignalBlock(const ThreadSignalBlock&) = delete;
  ThreadSignalBlock& operator=(const ThreadSignalBlock&) = delete;

 private:
  const int signal_;
  const bool was_pending_;
  sigset_t before_{};
};

}  // namespace async_http_pool
