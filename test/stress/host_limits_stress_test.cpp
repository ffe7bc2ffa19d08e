// Many threads submit to hosts that have limits, while transfers end in every way.
#include "agent/selector_factory.hpp"
#include "group_rounds.hpp"
#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t submitter_count = 4;
constexpr std::size_t orders_each = is_thread_sanitized ? 100 : 400;
constexpr int rounds = 4;

/// Answered, lost, or held until its time is over: a tenth of all wait longer than they may.
/// `origin`, the server's, outlives the order.
TransferOrder order_for(const TinyServer& server, std::string_view origin, std::size_t number) {
  const std::string url =
      server.url(number % 40 == 0 ? "/hold" : (number % 7 == 0 ? "/drop" : "/fast"));
  const std::chrono::milliseconds timeout = number % 10 == 0 ? 5ms : patience;
  return {.request = Request::get(url).build(),
          .origin = origin,
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
  const std::vector<std::string> origins = origins_of(servers);
  AgentGroup group(configuration, [] { return make_selector(selector_from_environment()); });
  run(group, {.count = rounds,
              .submitters = submitter_count,
              .orders_each = orders_each,
              .order_for =
                  [&](std::size_t number) {
                    return order_for(servers[number % 3], origins[number % 3], number);
                  },
              .is_over =
                  [](const std::vector<CountingListener>& listeners) {
                    return std::ranges::all_of(
                        listeners, [](const CountingListener& one) { return one.ends > 0; });
                  }});
}
