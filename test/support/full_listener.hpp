#pragma once

#include "support/descriptor.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace async_http_pool::test {

/// Connects to a listener until it takes no more; what it has stays so for as long as these live.
[[nodiscard]] std::vector<Descriptor> fill_queue(const sockaddr* address, socklen_t size);

/// A port of 127.0.0.1 where connecting takes for ever: the queue of its listener is full and
/// nobody accepts.
class FullListener {
 public:
  FullListener();
  /// Takes a listener over, which is one of `ip`, in network byte order.
  FullListener(Descriptor listener, std::uint32_t ip);
  [[nodiscard]] std::string url() const;

 private:
  Descriptor listener_;
  std::vector<Descriptor> queued_;
};

}  // namespace async_http_pool::test
