#pragma once

#include <csignal>

namespace async_http_pool {

/// Keeps a write to a connection that the peer has closed from raising SIGPIPE in the calling
/// thread while it lives, for writes that are made by others without MSG_NOSIGNAL. The signal is
/// taken back before its mask is restored; one that was pending before stays. What the process does
/// with SIGPIPE is not touched, and neither is errno.
class SigpipeBlock {
 public:
  SigpipeBlock() noexcept;
  ~SigpipeBlock();
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;

 private:
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace async_http_pool
