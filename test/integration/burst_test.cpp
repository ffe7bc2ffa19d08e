// Thousands of requests that come at once.
#include "support/catch.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/patience.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <memory>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int burst_count = is_sanitized ? 500 : 4000;

class StartCounter final : public ProcessorObserver {
 public:
  void request_start(const RequestTask&) override { ++count; }
  std::atomic<int> count = 0;
};

/// Holds the agent up with its first answer until all of the burst is posted.
class FirstHandler final : public TaskHandler {
 public:
  void on_complete(const Response&, std::string_view) override {
    is_held_up.open();
    is_over = may_go_on.wait();
  }
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}

  Gate is_held_up;
  Gate may_go_on;
  std::atomic<bool> is_over = false;
};

class BurstHandler final : public TaskHandler {
 public:
  explicit BurstHandler(const StartCounter& starts) : starts_(starts) {}
  void on_complete(const Response&, std::string_view) override {
    if (completed++ == 0) started_before_first_answer = starts_.count.load();
  }
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}

  std::atomic<int> completed = 0;
  std::atomic<int> started_before_first_answer = 0;

 private:
  const StartCounter& starts_;
};

}  // namespace

TEST_CASE("the first answers come while the rest of a burst is still waiting to be sent") {
  NginxServer server;
  RunningProcessor processor(without_retries().set_max_connections(burst_count + 1));
  const auto starts = std::make_shared<StartCounter>();
  processor->observe(starts);
  const Request request = Request::get(server.url("/tiny")).build();
  const auto first = std::make_shared<FirstHandler>();
  processor->enqueue(RequestTask(request, first, "callback"));
  REQUIRE(first->is_held_up.wait());

  const auto burst = std::make_shared<BurstHandler>(*starts);
  for (int i = 0; i < burst_count; ++i)
    processor->enqueue(RequestTask(request, burst, "callback"));
  first->may_go_on.open();
  REQUIRE(processor->wait_until_idle(patience));

  CHECK(first->is_over);
  CHECK(burst->completed == burst_count);
  CHECK(burst->started_before_first_answer < burst_count);
}
