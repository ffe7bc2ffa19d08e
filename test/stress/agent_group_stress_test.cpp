// Many threads submit to several agents, which are told to stop meanwhile.
#include "agent/agent_group.hpp"
#include "agent/selector_factory.hpp"
#include "http/url.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t submitter_count = 6;
constexpr std::size_t orders_each = is_thread_sanitized ? 100 : 400;
constexpr int rounds = 5;

/// Counts what it hears of its one transfer.
class CountingListener final : public TransferListener {
 public:
  std::atomic<int> ends = 0;
  std::atomic<int> responses = 0;
  bool is_submitted = false;

 private:
  void on_transfer_started() noexcept override {}
  void on_transfer_done(TransferResult result) noexcept override {
    if (result.status == 200) ++responses;
    ++ends;
  }
  void on_transfer_given_back() noexcept override { ++ends; }
};

TransferOrder order_for(const std::string& url) {
  return {.request = Request::get(url).build(),
          .origin = origin_of(url),
          .request_id = "stress",
          .timeout = patience,
          .deadline = SteadyClock::now() + patience};
}

}  // namespace

TEST_CASE("every transfer submitted to a group of agents ends once, also when the agents stop") {
  const Watchdog watchdog("the group of agents", 5 * patience);
  const int agent_count = GENERATE(1, 3);
  Configuration configuration = test_configuration();
  configuration.set_agents(agent_count).set_lane_size(4);  // small lanes: work spills over
  TinyServer servers[3];
  AgentGroup group(configuration, [] { return make_selector(selector_from_environment()); });
  for (int round = 0; round < rounds; ++round) {
    group.reopen();
    std::vector<std::thread> agents;
    std::atomic<int> failures = 0;
    for (std::size_t index = 0; index < group.size(); ++index)
      agents.emplace_back([&, index] { failures += group[index].run().has_value() ? 1 : 0; });
    std::vector<CountingListener> listeners(submitter_count * orders_each);
    std::atomic<std::size_t> submitted = 0;
    std::vector<std::thread> submitters;
    for (std::size_t submitter = 0; submitter < submitter_count; ++submitter) {
      submitters.emplace_back([&, submitter] {
        for (std::size_t i = submitter; i < listeners.size(); i += submitter_count) {
          const std::string path = i % 16 == 0 ? "/hold" : "/fast";
          listeners[i].is_submitted =
              group.submit(order_for(servers[i % 3].url(path)), listeners[i]);
          ++submitted;
        }
      });
    }
    const bool stops_midway = round % 2 == 1;
    while (stops_midway && submitted < listeners.size() / 2) std::this_thread::yield();
    if (stops_midway) group.stop_at(SteadyClock::now() + std::chrono::milliseconds(round));
    for (std::thread& submitter : submitters) submitter.join();
    const auto is_answered = [](const CountingListener& one) { return one.responses == 1; };
    const auto held = static_cast<std::ptrdiff_t>((listeners.size() + 15) / 16);
    if (!stops_midway) {
      CHECK(eventually([&] {
        return std::ranges::count_if(listeners, is_answered) ==
               static_cast<std::ptrdiff_t>(listeners.size()) - held;
      }));
    }
    group.stop_at(SteadyClock::now() + std::chrono::milliseconds(20));
    for (std::thread& agent : agents) agent.join();

    std::size_t wrong = 0;
    for (const CountingListener& listener : listeners) {
      wrong += listener.ends == (listener.is_submitted ? 1 : 0) ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(failures == 0);
    for (std::size_t index = 0; index < group.size(); ++index) CHECK(group[index].load() == 0);
  }
}
