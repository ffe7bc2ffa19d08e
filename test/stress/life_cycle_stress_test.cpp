// Every member of a processor at once, on many threads and from inside callbacks.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/outcome_ledger.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t tasks_accepted = is_thread_sanitized ? 1500 : 8000;
constexpr int observers_max = 64;
constexpr std::size_t max_connections = 32;

/// Handlers that call the processor back, and report to a ledger.
class Meddler final : public TaskHandler {
 public:
  using Action = std::function<void()>;
  Meddler(std::shared_ptr<TaskHandler> ledger, Action action)
      : ledger_(std::move(ledger)), action_(std::move(action)) {}
  void on_complete(const Response& response, std::string_view callback) override {
    ledger_->on_complete(response, callback);
    action_();
  }
  void on_error(const Error& error, std::string_view callback) override {
    ledger_->on_error(error, callback);
    action_();
  }
  void retry() override {
    ledger_->retry();
    action_();
  }

 private:
  std::shared_ptr<TaskHandler> ledger_;
  Action action_;
};

class Pandemonium {
 public:
  explicit Pandemonium(int agents)
      : processor_(test_configuration()
                       .set_agents(agents)
                       .set_lane_size(4)
                       .set_max_connections(max_connections)
                       .set_retry_delay(2ms)) {}

  /// Calls `action` on `count` threads of their own, again and again until enough tasks were
  /// accepted.
  void add_threads(int count, const std::function<void(std::minstd_rand&)>& action) {
    for (int i = 0; i < count; ++i) {
      const auto seed = static_cast<unsigned>(threads_.size()) + 1;
      threads_.emplace_back([this, action, seed] {
        std::minstd_rand random(seed);
        while (accepted_count_ < tasks_accepted) action(random);
      });
    }
  }

  void start() {
    try {
      processor_.start();
    } catch (const std::logic_error&) {
      ++refused_starts;
    }
  }

  void enqueue(std::minstd_rand& random, int depth) {
    const std::string id = std::to_string(next_id_.fetch_add(1));
    const auto choice = static_cast<unsigned>(random());
    const auto meddle = [this, choice, depth] { call_back(choice, depth); };
    RequestTask task(Request::get(url(random)).build(),
                     std::make_shared<Meddler>(ledger_->handler(id), meddle), "Stress", {},
                     {.id = id});
    if (processor_.try_enqueue(task) != EnqueueResult::accepted) return;
    ++accepted_count_;
    const std::lock_guard lock(accepted_mutex_);
    accepted_.push_back(id);
  }

  /// Ends all; what is wrong, if anything.
  [[nodiscard]] std::string finish() {
    for (std::thread& thread : threads_) thread.join();
    processor_.stop(0ms);
    return ledger_->check_exactly_once(accepted_);
  }

  [[nodiscard]] Processor& processor() noexcept { return processor_; }
  [[nodiscard]] OutcomeLedger& ledger() noexcept { return *ledger_; }

  std::atomic<int> refused_starts = 0;
  std::atomic<int> refused_waits = 0;

 private:
  [[nodiscard]] std::string url(std::minstd_rand& random) const {
    constexpr const char* paths[] = {"/hold", "/drop", "/redirect", "/fast",
                                     "/fast", "/fast", "/fast",     "/fast"};
    return servers_[random() % 2].url(paths[random() % 8]);
  }

  void call_back(unsigned choice, int depth) {
    std::minstd_rand random(choice);
    switch (choice % 32) {
      case 0:
        processor_.stop(std::chrono::milliseconds(choice % 7));
        break;
      case 1:
        processor_.drain();
        break;
      case 2:
        start();
        break;
      case 3:
        try {
          static_cast<void>(processor_.wait_until_idle(0ms));
        } catch (const std::logic_error&) {
          ++refused_waits;
        }
        break;
      case 4:
        throw std::runtime_error("from inside a callback");
      case 5:
        static_cast<void>(processor_.inflight_request_ids());
        break;
      default:
        if (depth < 3) enqueue(random, depth + 1);
    }
  }

  TinyServer servers_[2];
  const std::shared_ptr<OutcomeLedger> ledger_ = OutcomeLedger::create();
  std::atomic<int> next_id_ = 0;
  std::atomic<std::size_t> accepted_count_ = 0;
  std::mutex accepted_mutex_;
  std::vector<std::string> accepted_;  // guarded by accepted_mutex_
  std::vector<std::thread> threads_;
  Processor processor_;
};

}  // namespace

TEST_CASE("all members of a processor can be called at once") {
  const Watchdog watchdog("calling everything at once", 60s);
  const int agents = GENERATE(1, 3);
  Pandemonium all(agents);
  Processor& processor = all.processor();
  std::atomic<int> violations = 0;
  std::atomic<int> observers_left = observers_max;
  all.add_threads(3, [&](auto& random) { all.enqueue(random, 0); });
  all.add_threads(2, [&](auto&) {
    all.start();
    std::this_thread::yield();
  });
  all.add_threads(2, [&](auto& random) {
    if (random() % 4 == 0) {
      processor.stop(std::chrono::milliseconds(random() % 6));
    } else {
      std::this_thread::yield();
    }
  });
  all.add_threads(1, [&](auto& random) {
    if (random() % 8 == 0) processor.drain();
    std::this_thread::yield();
  });
  all.add_threads(1, [&](auto& random) {
    static_cast<void>(processor.wait_until_idle(std::chrono::milliseconds(random() % 4)));
  });
  all.add_threads(1, [&](auto&) {
    if (observers_left.fetch_sub(1) > 0) processor.observe(std::make_shared<ProcessorObserver>());
    std::this_thread::yield();
  });
  all.add_threads(1, [&](auto&) {
    if (processor.inflight_request_ids().size() > max_connections) ++violations;
    if (processor.total_count() > max_connections) ++violations;
    static_cast<void>(processor.state());
    std::this_thread::yield();
  });
  CHECK(all.finish() == "");
  CHECK(violations == 0);
  CHECK(all.ledger().totals().completed > 0);
  CHECK(all.ledger().totals().given_back > 0);
  CHECK(processor.is_stopped());
  CHECK(processor.total_count() == 0);
  CHECK(processor.inflight_count() == 0);

  // And it still works.
  TinyServer server;
  auto handler = std::make_shared<RecordingHandler>();
  processor.start();
  processor.enqueue(RequestTask(Request::get(server.url("/fast")).build(), handler, "Last"));
  CHECK(handler->outcome().summary() == "response 200");
}

TEST_CASE("threads that stop a processor together all return when it is stopped") {
  const Watchdog watchdog("stopping together", 60s);
  const int agents = GENERATE(1, 2);
  TinyServer server;
  Processor processor(test_configuration().set_agents(agents));
  std::atomic<int> early = 0;
  for (int round = 0; round < 20; ++round) {
    processor.start();
    auto handler = std::make_shared<RecordingHandler>();
    processor.enqueue(RequestTask(Request::get(server.url("/hold")).build(), handler, "Held"));
    std::vector<std::thread> stoppers;
    for (int i = 0; i < 6; ++i) {
      stoppers.emplace_back([&, i] {
        processor.stop(std::chrono::milliseconds(i * 10'000));  // the earliest deadline counts
        if (!processor.is_stopped()) ++early;
      });
    }
    for (std::thread& stopper : stoppers) stopper.join();
    CHECK(handler->outcome().is_retry());
  }
  CHECK(early == 0);
}
