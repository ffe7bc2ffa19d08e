#include "support/gate.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace async_http_pool::test {

Gate::Gate() : pipe_(make_pipe()) {}

void Gate::open() {
  if (open_.exchange(true, std::memory_order_acq_rel)) return;
  const char byte = 0;
  while (::write(pipe_.writer.number(), &byte, 1) < 0 && errno == EINTR) {
  }
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
