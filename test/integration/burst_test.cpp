// Requests that come thick and fast, and those that come with them.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/patience.hpp"
#include "support/recording_handler.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <functional>
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

/// Sends its request again as soon as it failed. On the agent's thread but for `stop` and the first
/// `send`.
class HastyHandler final : public TaskHandler, public std::enable_shared_from_this<HastyHandler> {
 public:
  HastyHandler(Processor& processor, Request request)
      : processor_(processor), request_(std::move(request)) {}
  void send() { processor_.enqueue(RequestTask(request_, shared_from_this(), "callback")); }
  void stop() noexcept { is_stopping_ = true; }
  void on_complete(const Response&, std::string_view) override {}
  void on_error(const Error&, std::string_view) override {
    ++failed;
    if (!is_stopping_) send();
  }
  void retry() override {}

  std::atomic<int> failed = 0;

 private:
  Processor& processor_;
  const Request request_;
  std::atomic<bool> is_stopping_ = false;
};

class StoppingHandler final : public TaskHandler {
 public:
  explicit StoppingHandler(std::function<void()> stop) : stop_(std::move(stop)) {}
  void on_complete(const Response&, std::string_view) override { stop_(); }
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}

 private:
  const std::function<void()> stop_;
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
  for (int i = 0; i < burst_count; ++i) processor->enqueue(RequestTask(request, burst, "callback"));
  first->may_go_on.open();
  REQUIRE(processor->wait_until_idle(patience));

  CHECK(first->is_over);
  CHECK(burst->completed == burst_count);
  CHECK(burst->started_before_first_answer < burst_count / 2);
}

TEST_CASE("requests that fail at once and are sent again from there hold up no other") {
  const TempDirectory directory;
  NginxServer server;
  RunningProcessor processor(without_retries());
  RequestConfig nowhere;
  nowhere.set_unix_socket((directory.path() / "missing").string());
  const auto hasty =
      std::make_shared<HastyHandler>(processor.processor(), get_with("http://h/", nowhere));
  hasty->send();
  for (int i = 0; i < 10; ++i) CHECK(processor.get(server.url("/tiny")).body() == "ok");
  hasty->stop();
  REQUIRE(processor->wait_until_idle(patience));
  CHECK(hasty->failed > 10);
}

TEST_CASE("what a callback sends before it stops the processor never goes out") {
  DynamicServer server;
  RunningProcessor processor(without_retries());
  const auto late = std::make_shared<RecordingHandler>();
  const auto stopping = std::make_shared<StoppingHandler>([&] {
    for (int i = 0; i < 20; ++i)
      processor->enqueue(RequestTask(Request::post(server.url("/status/200")).body("x").build(),
                                     late, "callback"));
    processor->stop(0ms);
  });
  processor->enqueue(
      RequestTask(Request::get(server.url("/status/200")).build(), stopping, "callback"));
  REQUIRE(late->wait_for(20));
  CHECK(late->retry_count() == 20);
  CHECK(server.requests().size() == 1);
}
