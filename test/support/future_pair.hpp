#pragma once

#include "client/future_state.hpp"
#include "support/recording_logger.hpp"

#include <memory>
#include <utility>

namespace async_http_pool::test {

/// Both sides of a future.
struct FuturePair {
  explicit FuturePair(Executor executor = nullptr)
      : state(std::make_shared<FutureState>(std::move(executor), logger)),
        future(FutureAccess::make(state)) {}

  std::shared_ptr<RecordingLogger> logger = std::make_shared<RecordingLogger>();
  std::shared_ptr<FutureState> state;
  ResponseFuture future;
};

}  // namespace async_http_pool::test
