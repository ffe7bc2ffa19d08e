#include "bench_load.hpp"

#include "standard_streams.hpp"

#include <fmt/format.h>
#include <async_http_pool/error.hpp>
#include <async_http_pool/request_task.hpp>

#include <exception>
#include <utility>

namespace ahp_tool {

using async_http_pool::EnqueueResult;
using async_http_pool::Error;
using async_http_pool::RequestTask;
using async_http_pool::Response;

/// The place of one request in flight; its handler again and again.
class BenchLoad::Slot final : public async_http_pool::TaskHandler,
                              public std::enable_shared_from_this<Slot> {
 public:
  explicit Slot(BenchLoad& load) noexcept : load_(load) {}

  void begin() noexcept { begun_ = Clock::now(); }

  void on_complete(const Response& response, std::string_view) override {
    const Clock::time_point begun = begun_;
    if (!response.is_success()) load_.fail(fmt::format("status {}", response.status()));
    load_.start_next(shared_from_this());
    load_.end(begun);
  }
  void on_error(const Error& error, std::string_view) override {
    const Clock::time_point begun = begun_;
    load_.fail(error.message());
    load_.start_next(shared_from_this());
    load_.end(begun);
  }
  void retry() override {
    const Clock::time_point begun = begun_;
    load_.fail("given back");
    load_.start_next(shared_from_this());
    load_.end(begun);
  }

 private:
  BenchLoad& load_;
  Clock::time_point begun_;
};

BenchLoad::BenchLoad(async_http_pool::Processor& processor,
                     std::vector<async_http_pool::Request> requests, BenchSize size)
    : processor_(processor),
      requests_(std::move(requests)),
      size_(size),
      latencies_us_(size.requests) {
  for (std::size_t i = 0; i < size.concurrency; ++i)
    slots_.push_back(std::make_shared<Slot>(*this));
}

BenchLoad::~BenchLoad() = default;

void BenchLoad::run() {
  for (const std::shared_ptr<Slot>& slot : slots_) start_next(slot);
  all_ended_.get_future().wait();
}

void BenchLoad::start_next(const std::shared_ptr<Slot>& slot) {
  // One that is refused has no callback that would start the next.
  for (std::size_t index = 0;
       (index = started_.fetch_add(1, std::memory_order_relaxed)) < size_.requests;) {
    slot->begin();
    if (try_start(slot, index)) return;
    end(Clock::now());
  }
}

bool BenchLoad::try_start(const std::shared_ptr<Slot>& slot, std::size_t index) noexcept {
  try {
    RequestTask task(requests_[index % requests_.size()], slot, "bench");
    if (processor_.try_enqueue(task) == EnqueueResult::accepted) return true;
    fail("refused");
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return false;
}

void BenchLoad::end(Clock::time_point begun) {
  const std::size_t index = measured_.fetch_add(1, std::memory_order_relaxed);
  latencies_us_[index] = std::chrono::duration<float, std::micro>(Clock::now() - begun).count();
  if (ended_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_.requests) all_ended_.set_value();
}

void BenchLoad::fail(std::string_view why) {
  if (failed_.fetch_add(1) == 0) complain(fmt::format("first failure: {}", why));
}

}  // namespace ahp_tool
