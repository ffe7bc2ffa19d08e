#pragma once

#include "support/patience.hpp"

#include <async_http_pool/processor.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/task_handler.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>

namespace async_http_pool::test {

/// Counts responses with the body "ok", and keeps nothing. any-thread
class CountingHandler final : public TaskHandler {
 public:
  void on_complete(const Response& response, std::string_view /*callback*/) override {
    const std::lock_guard lock(mutex_);
    if (response.body() == "ok") ++completed_;
    changed_.notify_one();
  }
  void on_error(const Error& /*error*/, std::string_view /*callback*/) override {}
  void retry() override {}

  [[nodiscard]] bool wait_for(std::size_t completed) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return completed_ >= completed; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t completed_ = 0;
};

struct RequestCount {
  std::size_t count;
  std::size_t in_flight;
};

/// Sends `request` again and again, each time as a task of its own. Whether all were answered "ok".
inline bool run_small_requests(Processor& processor, const Request& request, RequestCount plan) {
  const auto handler = std::make_shared<CountingHandler>();
  for (std::size_t i = 0; i < plan.count; ++i) {
    if (i >= plan.in_flight && !handler->wait_for(i - plan.in_flight + 1)) return false;
    processor.enqueue(RequestTask(request, handler, "callback"));
  }
  return handler->wait_for(plan.count);
}

}  // namespace async_http_pool::test
