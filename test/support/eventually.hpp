#pragma once

#include "support/patience.hpp"

#include <thread>

namespace async_http_pool::test {

/// Whether `condition` becomes true before `timeout` is over; for what has no event to wait for.
template <typename Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::milliseconds timeout = patience) {
  const auto deadline = Clock::now() + timeout;
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace async_http_pool::test
