// Many threads submit to several agents, which are told to stop meanwhile.
#include "agent/selector_factory.hpp"
#include "group_rounds.hpp"
#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t submitter_count = 6;
constexpr std::size_t orders_each = is_thread_sanitized ? 100 : 400;
constexpr int rounds = 5;

/// `origin` outlives the order.
TransferOrder order_for(const std::string& url, std::string_view origin) {
  return {.request = Request::get(url).build(),
          .origin = origin,
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
  const std::vector<std::string> origins = origins_of(servers);
  AgentGroup group(configuration, [] { return make_selector(selector_from_environment()); });
  const auto held = static_cast<std::ptrdiff_t>((submitter_count * orders_each + 15) / 16);
  run(group, {.count = rounds,
              .submitters = submitter_count,
              .orders_each = orders_each,
              .order_for =
                  [&](std::size_t number) {
                    return order_for(servers[number % 3].url(number % 16 == 0 ? "/hold" : "/fast"),
                                     origins[number % 3]);
                  },
              .is_over =
                  [](const std::vector<CountingListener>& listeners) {
                    const auto is_answered = [](const CountingListener& one) {
                      return one.responses == 1;
                    };
                    return std::ranges::count_if(listeners, is_answered) ==
                           static_cast<std::ptrdiff_t>(listeners.size()) - held;
                  },
              .grace = std::chrono::milliseconds(20)});
}
