#include "pool/agent_pool.hpp"

#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"
#include "unit/pool/failing_selector.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Keeps what it is told, and the state of the pool then.
class RecordingListener final : public AgentPoolListener {
 public:
  explicit RecordingListener(AgentPool& pool) : pool_(pool) {}
  void on_pool_starting() noexcept override { note("starting"); }
  void on_agent_failed(std::string_view reason) noexcept override {
    note("failed " + std::string(reason) + " of " + pool_.failure());
  }
  void on_pool_stopping() noexcept override { note("stopping"); }
  [[nodiscard]] std::vector<std::string> events() const {
    return events_.with([](auto& events) { return events; });
  }

 private:
  void note(std::string what) {
    what.append(" in ").append(to_string(pool_.state()));
    events_.with([&what](auto& events) { events.push_back(what); });
  }
  AgentPool& pool_;
  Guarded<std::vector<std::string>> events_;
};

std::shared_ptr<AgentPool> make_pool(Bomb& bomb, int agents = 1) {
  return std::make_shared<AgentPool>(test_configuration().set_agents(agents).set_max_connections(2),
                                     [&bomb] { return std::make_unique<FailingSelector>(bomb); });
}

using Events = std::vector<std::string>;

}  // namespace

TEST_CASE("A pool lets requests in while it runs, as many as there is room for") {
  const Watchdog watchdog("a pool");
  Bomb bomb;
  const auto pool = make_pool(bomb);
  CHECK(pool->enter().result == EnqueueResult::not_running);
  CHECK(pool->start(nullptr) == AgentPool::StartResult::started);
  CHECK(pool->start(nullptr) == AgentPool::StartResult::runs_already);
  {
    const Admission::Entry first = pool->enter();
    const Admission::Entry second = pool->enter();
    CHECK(first.result == EnqueueResult::accepted);
    CHECK(second.result == EnqueueResult::accepted);
    CHECK(pool->enter().result == EnqueueResult::max_capacity);
    CHECK(pool->total_count() == 2);
    CHECK_FALSE(pool->wait_until_idle(0ms));
  }
  CHECK(pool->wait_until_idle(patience));
  CHECK(pool->drain());
  CHECK_FALSE(pool->drain());
  CHECK(pool->start(nullptr) == AgentPool::StartResult::refused);
  CHECK(pool->enter().result == EnqueueResult::not_running);
  pool->stop(0ms);
  CHECK(pool->state() == ProcessorState::stopped);
}

TEST_CASE("The listener of a pool hears of each run, and is let go of with it") {
  const Watchdog watchdog("a pool and its listener");
  Bomb bomb;
  const auto pool = make_pool(bomb, 2);
  auto listener = std::make_shared<RecordingListener>(*pool);
  for (int run = 0; run < 2; ++run) {
    REQUIRE(pool->start(listener) == AgentPool::StartResult::started);
    pool->stop(0ms);
  }
  CHECK(listener->events() == Events{"starting in starting", "stopping in stopping",
                                     "starting in starting", "stopping in stopping"});
  CHECK(listener.use_count() == 1);
}

TEST_CASE("A pool whose agent fails stops, says why, and can be started again") {
  const Watchdog watchdog("a pool whose agent fails");
  Bomb bomb;
  const int agents = GENERATE(1, 2);
  const auto pool = make_pool(bomb, agents);
  const auto listener = std::make_shared<RecordingListener>(*pool);
  bomb.arm(1);
  try {
    const AgentPool::StartResult result = pool->start(listener);
    CHECK(result == AgentPool::StartResult::started);
  } catch (const std::runtime_error& error) {  // it failed before the state was running
    CHECK(std::string(error.what()) == "cannot start: the agent failed at once, see the log");
  }
  REQUIRE(eventually([&pool] { return pool->state() == ProcessorState::stopped; }));
  pool->stop(0ms);
  CHECK(pool->failure() == "the selector broke");
  const Events events = listener->events();
  REQUIRE(events.size() == 3);
  CHECK(events[1].starts_with("failed the selector broke of the selector broke"));
  CHECK(events[2].starts_with("stopping"));
  CHECK(pool->start(listener) == AgentPool::StartResult::started);
  CHECK(pool->failure().empty());
  pool->stop(0ms);
}

TEST_CASE("A place may be given back when the pool is held by nobody else") {
  const Watchdog watchdog("the last place of a pool");
  Bomb bomb;
  auto pool = make_pool(bomb);
  REQUIRE(pool->start(nullptr) == AgentPool::StartResult::started);
  std::optional<Admission::Entry> entry(pool->enter());
  REQUIRE(entry->result == EnqueueResult::accepted);
  std::jthread stopper([&pool] { pool->stop(0ms); });
  REQUIRE(eventually([&] { return pool->state() == ProcessorState::stopping; }));
  CHECK(pool->enter().result == EnqueueResult::not_running);
  entry.reset();
  stopper.join();
  CHECK(pool->state() == ProcessorState::stopped);
}
