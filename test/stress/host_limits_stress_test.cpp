// Many threads submit to hosts that have limits, while transfers end in every way.
#include "agent/agent_group.hpp"
#include "agent/selector_factory.hpp"
#include "http/url.hpp"
#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t submitter_count = 4;
constexpr std::size_t orders_each = is_thread_sanitized ? 100 : 400;
constexpr int rounds = 4;

class CountingListener final : public TransferListener {
 public:
  std::atomic<int> ends = 0;
  bool is_submitted = false;

 private:
  void on_transfer_started() noexcept override {}
  void on_transfer_done(TransferResult /*result*/) noexcept override { ++ends; }
  void on_transfer_given_back() noexcept override { ++ends; }
};

/// Answered, lost, or held until its time is over: a tenth of all wait longer than they may.
TransferOrder order_for(const TinyServer& server, std::size_t number) {
  const std::string url =
      server.url(number % 40 == 0 ? "/hold" : (number % 7 == 0 ? "/drop" : "/fast"));
  const std::chrono::milliseconds timeout = number % 10 == 0 ? 5ms : patience;
  return {.request = Request::get(url).build(),
          .origin = origin_of(url),
          .request_id = "stress",
          .timeout = timeout,
          .deadline = SteadyClock::now() + timeout};
}

}  // namespace

TEST_CASE("every transfer to a limited host ends once, also when the agents stop") {
  const Watchdog watchdog("the limited hosts", 5 * patience);
  const int agent_count = GENERATE(1, 3);
  const auto limits = GENERATE(ClientConfig(ClientConfig().set_max_in_flight_per_host(2)),
                               ClientConfig(ClientConfig().set_max_connections_per_host(2)));
  Configuration configuration = test_configuration();
  configuration.set_client_config(ClientConfig(limits).set_agents(agent_count).set_lane_size(4));
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
          listeners[i].is_submitted = group.submit(order_for(servers[i % 3], i), listeners[i]);
          ++submitted;
        }
      });
    }
    const bool stops_midway = round % 2 == 1;
    while (stops_midway && submitted < listeners.size() / 2) std::this_thread::yield();
    if (stops_midway) group.stop_at(SteadyClock::now() + std::chrono::milliseconds(round));
    for (std::thread& submitter : submitters) submitter.join();
    if (!stops_midway) {
      std::size_t ended = 0;
      while (ended < listeners.size()) {  // the watchdog ends it
        std::this_thread::yield();
        ended = 0;
        for (const CountingListener& listener : listeners) ended += listener.ends > 0 ? 1 : 0;
      }
    }
    group.stop_at(SteadyClock::now());
    for (std::thread& agent : agents) agent.join();

    std::size_t wrong = 0;
    for (const CountingListener& listener : listeners)
      wrong += listener.ends == (listener.is_submitted ? 1 : 0) ? 0 : 1;
    CHECK(wrong == 0);
    CHECK(failures == 0);
    for (std::size_t index = 0; index < group.size(); ++index) CHECK(group[index].load() == 0);
  }
}
