#include "support/gate.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace async_http_pool::test {

Gate::Gate() : pipe_(make_pipe()) {}

void Gate::open() {
  // The lock lasts to the end: who has seen the gate open may destroy it.
  const std::lock_guard lock(mutex_);
  if (std::exchange(open_, true)) return;
  const char byte = 0;
  while (::write(pipe_.writer.number(), &byte, 1) < 0 && errno == EINTR) {
  }
}

bool Gate::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool Gate::wait(std::chrono::milliseconds timeout) const {
  const auto deadline = Clock::now() + timeout;
  while (!is_open()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left <= 0ms) return false;
    pollfd entry{.fd = descriptor(), .events = POLLIN, .revents = 0};
    static_cast<void>(::poll(&entry, 1, static_cast<int>(std::min(left, patience).count())));
  }
  return true;
}

}  // namespace async_http_pool::test
