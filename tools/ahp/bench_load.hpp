#pragma once

#include <async_http_pool/processor.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/task_handler.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string_view>
#include <vector>

namespace ahp_tool {

/// How much a benchmark does.
struct BenchSize {
  std::size_t requests;
  std::size_t concurrency;
};

/// Makes a number of requests, taking those it is given in turn and keeping as many in flight as it
/// is told: each answer starts the next request from its callback, on the agent's thread. It must
/// outlive the processor's threads.
class BenchLoad {
 public:
  using Clock = std::chrono::steady_clock;

  /// `requests` are one or more.
  BenchLoad(async_http_pool::Processor& processor, std::vector<async_http_pool::Request> requests,
            BenchSize size);
  ~BenchLoad();
  BenchLoad(const BenchLoad&) = delete;
  BenchLoad& operator=(const BenchLoad&) = delete;

  /// Returns when all requests have ended. To be called once.
  void run();

  /// In microseconds, in no order. After `run`.
  [[nodiscard]] const std::vector<float>& latencies_us() const noexcept { return latencies_us_; }
  /// Requests without a response of 2xx. After `run`.
  [[nodiscard]] std::size_t failed_count() const noexcept { return failed_.load(); }

 private:
  class Slot;
  void start_next(const std::shared_ptr<Slot>& slot);
  [[nodiscard]] bool try_start(const std::shared_ptr<Slot>& slot, std::size_t index) noexcept;
  void end(Clock::time_point begun);
  void fail(std::string_view why);

  async_http_pool::Processor& processor_;
  const std::vector<async_http_pool::Request> requests_;
  const BenchSize size_;
  std::vector<std::shared_ptr<Slot>> slots_;
  std::vector<float> latencies_us_;  // each element written by one callback
  std::atomic<std::size_t> started_ = 0;
  std::atomic<std::size_t> measured_ = 0;
  std::atomic<std::size_t> ended_ = 0;
  std::atomic<std::size_t> failed_ = 0;
  std::promise<void> all_ended_;
};

}  // namespace ahp_tool
