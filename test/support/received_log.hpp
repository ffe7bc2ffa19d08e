#pragma once

#include "support/patience.hpp"
#include "support/received_request.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace async_http_pool::test {

/// The requests that a server received, in the order of their arrival. Any thread.
class ReceivedLog {
 public:
  void add(ReceivedRequest request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    arrived_.notify_all();
  }

  [[nodiscard]] std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// Whether `count` requests or more have arrived; false when `timeout` is over.
  [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds timeout) const {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, timeout, [&] { return requests_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<ReceivedRequest> requests_;  // guarded by mutex_
};

}  // namespace async_http_pool::test
