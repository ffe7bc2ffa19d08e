#pragma once

#include <csignal>

#include "base/thread_signal_block.hpp"

namespace async_http_pool {

/// Keeps a write to a connection that the peer has closed from raising SIGPIPE in the calling
/// thread while it lives, for writes that are made by others without MSG_NOSIGNAL.
class SigpipeBlock : private ThreadSignalBlock {
 public:
  SigpipeBlock() noexcept : ThreadSignalBlock(SIGPIPE) {}
};

}  // namespace async_http_pool
