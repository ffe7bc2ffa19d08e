// Threads enqueue while the processor is stopped and started again: every accepted task ends once.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/outcome_ledger.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <barrier>
#include <cstddef>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int rounds = 100;
constexpr int producer_count = 8;
constexpr int attempts_each = is_thread_sanitized ? 12 : 40;
constexpr int max_connections = 64;

/// Servers of several origins, and a port where nobody listens.
class Targets {
 public:
  [[nodiscard]] std::string pick(std::minstd_rand& random) const {
    const TinyServer& server = servers_[random() % 3];
    switch (random() % 16) {
      case 0:
        return server.url("/hold");
      case 1:
        return refused_;
      case 2:
        return server.url("/drop");  // retried, after a pause
      case 3:
      case 4:
        return server.url("/redirect");
      default:
        return server.url("/fast");
    }
  }

 private:
  TinyServer servers_[3];
  Descriptor nobody_ = reserve_port();
  std::string refused_ = "http://127.0.0.1:" + std::to_string(local_port(nobody_)) + "/";
};

/// One of the threads that enqueue; what they share.
struct Crowd {
  Processor& processor;
  const Targets& targets;
  std::shared_ptr<OutcomeLedger> ledger;
  std::barrier<> round_begins{producer_count + 1};
  std::barrier<> round_ends{producer_count + 1};
  std::atomic<int> attempts = 0;
  std::atomic<int> refused_full = 0;
  std::atomic<int> refused_stopped = 0;
  std::vector<std::vector<std::string>> accepted =
      std::vector<std::vector<std::string>>(producer_count);

  /// Returns whether the task was accepted.
  bool enqueue(RequestTask task, bool by_exception) {
    if (!by_exception) {
      const EnqueueResult result = processor.try_enqueue(task);
      if (result == EnqueueResult::max_capacity) ++refused_full;
      if (result == EnqueueResult::not_running) ++refused_stopped;
      return result == EnqueueResult::accepted;
    }
    try {
      processor.enqueue(std::move(task));
      return true;
    } catch (const MaxCapacityError&) {
      ++refused_full;
    } catch (const NotRunningError&) {
      ++refused_stopped;
    }
    return false;
  }

  void produce(int producer) {
    std::minstd_rand random(static_cast<unsigned>(producer) + 1);
    for (int round = 0; round < rounds; ++round) {
      round_begins.arrive_and_wait();
      for (int attempt = 0; attempt < attempts_each; ++attempt) {
        const std::string id =
            std::to_string(round) + "-" + std::to_string(producer) + "-" + std::to_string(attempt);
        RequestTask task(Request::get(targets.pick(random)).build(), ledger->handler(id), "Stress",
                         {}, {.id = id});
        if (enqueue(std::move(task), random() % 2 == 0))
          accepted[static_cast<std::size_t>(producer)].push_back(id);
        ++attempts;
      }
      round_ends.arrive_and_wait();
    }
  }

  [[nodiscard]] std::vector<std::string> all_accepted() const {
    std::vector<std::string> all;
    for (const auto& ids : accepted) all.insert(all.end(), ids.begin(), ids.end());
    return all;
  }
};

/// Looks at the processor all the time.
class Sampler {
 public:
  explicit Sampler(const Processor& processor)
      : thread_([this, &processor] {
          while (!is_over_) {
            if (processor.total_count() > max_connections) ++violations_;
            if (processor.inflight_request_ids().size() > max_connections) ++violations_;
            if (processor.inflight_count() > max_connections) ++violations_;
            std::this_thread::yield();
          }
        }) {}
  ~Sampler() { end(); }
  int end() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
    return violations_;
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::atomic<int> violations_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("tasks enqueued while the processor stops at a random moment all end exactly once") {
  const Watchdog watchdog("stopping among producers", 9 * patience);
  const int agents = GENERATE(1, 3);
  const Targets targets;
  Processor processor(test_configuration()
                          .set_agents(agents)
                          .set_lane_size(8)
                          .set_max_connections(max_connections)
                          .set_retries(2)
                          .set_retry_delay(5ms));
  Crowd crowd{.processor = processor, .targets = targets, .ledger = OutcomeLedger::create()};
  std::vector<std::thread> producers;
  for (int producer = 0; producer < producer_count; ++producer)
    producers.emplace_back([&crowd, producer] { crowd.produce(producer); });
  Sampler sampler(processor);
  std::minstd_rand random(static_cast<unsigned>(agents));
  int left_over = 0;
  int not_stopped = 0;
  for (int round = 0; round < rounds; ++round) {
    processor.start();
    crowd.attempts = 0;
    const int all = producer_count * attempts_each;
    const int moment =
        round % 8 == 0 ? all : static_cast<int>(random() % static_cast<unsigned>(all));
    crowd.round_begins.arrive_and_wait();
    while (crowd.attempts < moment) std::this_thread::yield();
    if (round % 8 == 0) {  // let some work be done
      const std::size_t before = crowd.ledger->totals().failed;
      CHECK(eventually([&] { return crowd.ledger->totals().failed > before; }));
    }
    if (random() % 4 == 0) processor.drain();
    processor.stop(std::chrono::milliseconds(random() % 21));
    // The others still try to enqueue: nothing of that may count.
    if (!processor.is_stopped()) ++not_stopped;
    if (processor.total_count() != 0 || processor.inflight_count() != 0) ++left_over;
    if (!processor.inflight_request_ids().empty()) ++left_over;
    crowd.round_ends.arrive_and_wait();
  }
  for (std::thread& producer : producers) producer.join();
  CHECK(sampler.end() == 0);
  CHECK(left_over == 0);
  CHECK(not_stopped == 0);
  CHECK(crowd.ledger->check_exactly_once(crowd.all_accepted()) == "");
  const OutcomeLedger::Counts counts = crowd.ledger->totals();
  CHECK(counts.completed > 0);
  CHECK(counts.failed > 0);
  CHECK(counts.given_back > 0);
  CHECK(crowd.refused_stopped > 0);
}
