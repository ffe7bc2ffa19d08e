#pragma once

#include <memory>

namespace async_http_pool {

class AgentPool;
class Processor;

/// The pool of a processor, for the faces that share it. The layer above defines what is declared
/// here.
class PoolAccess {
 public:
  [[nodiscard]] static const std::shared_ptr<AgentPool>& pool_of(
      const Processor& processor) noexcept;
};

}  // namespace async_http_pool
