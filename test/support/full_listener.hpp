#pragma once

#include "support/descriptor.hpp"

#include <string>
#include <vector>

namespace async_http_pool::test {

/// A port of 127.0.0.1 where connecting takes for ever: the queue of its listener is full and
/// nobody accepts.
class FullListener {
 public:
  FullListener();
  [[nodiscard]] std::string url() const;

 private:
  Descriptor listener_;
  std::vector<Descriptor> queued_;
};

}  // namespace async_http_pool::test
