#pragma once

#include "processor/processor_impl.hpp"

#include <async_http_pool/processor.hpp>

#include <memory>

namespace async_http_pool {

/// Makes processors of parts that an application cannot choose.
class ProcessorAccess {
 public:
  [[nodiscard]] static std::unique_ptr<Processor> make(
      const Configuration& configuration, const AgentGroup::SelectorFactory& make_selector) {
    auto processor = std::make_unique<Processor>(configuration);
    processor->impl_ = std::make_shared<Processor::Impl>(configuration, make_selector);
    return processor;
  }
};

}  // namespace async_http_pool
