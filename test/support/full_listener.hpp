#pragma once

#include "support/descriptor.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace async_http_pool::test {

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
