#include "agent/agent_group.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "agent/posted_order.hpp"
#include "agent/selector_factory.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

class CountingListener final : public TransferListener {
 public:
  void on_transfer_started() noexcept override { ++started; }
  void on_transfer_done(TransferResult&&) noexcept override { ++done; }
  void on_transfer_given_back() noexcept override { ++given_back; }
  int started = 0;
  int done = 0;
  int given_back = 0;
};

/// Agents that no thread runs: what is submitted stays where it was put.
class Fixture {
 public:
  Fixture(int agents, int lane_size)
      : Fixture(ClientConfig().set_agents(agents).set_lane_size(lane_size)) {}
  explicit Fixture(const ClientConfig& config)
      : configuration_(Configuration().set_client_config(config)),
        group_(configuration_, [] { return make_selector(SelectorKind::automatic); }) {}
  ~Fixture() { run_to_the_end(); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  bool submit(const std::string& origin) {
    return group_.submit(
        orders_.emplace_back(TransferOrder{.request = Request::get(origin + "/").build(),
                                           .origin = *origins_.insert(origin).first,
                                           .request_id = "id",
                                           .timeout = std::chrono::seconds(60),
                                           .deadline = TimePoint::max()},
                             listener));
  }
  void run_to_the_end() {
    group_.stop_at(TimePoint::min());
    for (std::size_t i = 0; i < group_.size(); ++i) CHECK_FALSE(group_[i].run());
  }
  [[nodiscard]] std::vector<int> loads() {
    std::vector<int> loads;
    for (std::size_t i = 0; i < group_.size(); ++i) loads.push_back(group_[i].load());
    return loads;
  }
  [[nodiscard]] AgentGroup& group() { return group_; }

  CountingListener listener;

 private:
  const Configuration configuration_;
  std::set<std::string> origins_;
  std::deque<PostedOrder> orders_;
  AgentGroup group_;
};

std::vector<int> sorted(std::vector<int> numbers) {
  std::ranges::sort(numbers);
  return numbers;
}

TEST_CASE("as many agents are made as are configured") {
  CHECK(Fixture(1, 128).group().size() == 1);
  CHECK(Fixture(5, 128).group().size() == 5);
}

TEST_CASE("all transfers of an origin go to its home, as long as that is not crowded") {
  Fixture fixture(4, 10);
  for (int i = 0; i < 10; ++i) REQUIRE(fixture.submit("http://127.0.0.1:1"));
  CHECK(sorted(fixture.loads()) == std::vector<int>{0, 0, 0, 10});
}

TEST_CASE("origins are spread over the agents") {
  Fixture fixture(2, 1000);
  for (int port = 1; port <= 64; ++port)
    REQUIRE(fixture.submit("http://127.0.0.1:" + std::to_string(port)));
  CHECK(sorted(fixture.loads()).front() > 8);
}

TEST_CASE("a crowded home passes on to the least busy agent what is too much") {
  Fixture fixture(3, 4);
  for (int i = 0; i < 6; ++i) REQUIRE(fixture.submit("http://127.0.0.1:1"));
  CHECK(sorted(fixture.loads()) == std::vector<int>{1, 1, 4});
  REQUIRE(fixture.submit("http://127.0.0.1:1"));  // 4 against 1 is no longer far more
  CHECK(sorted(fixture.loads()) == std::vector<int>{1, 1, 5});
  for (int i = 0; i < 100; ++i) REQUIRE(fixture.submit("http://127.0.0.1:1"));
  const std::vector<int> loads = sorted(fixture.loads());
  CHECK(loads.back() - loads.front() <= 4);
}

TEST_CASE("a home keeps what is too much when hosts have limits, which nobody else knows of") {
  ClientConfig config;
  config.set_agents(3).set_lane_size(1);
  SECTION("of requests") { config.set_max_in_flight_per_host(2); }
  SECTION("of connections") { config.set_max_connections_per_host(2); }
  Fixture fixture(config);
  for (int i = 0; i < 20; ++i) REQUIRE(fixture.submit("http://127.0.0.1:1"));
  CHECK(sorted(fixture.loads()) == std::vector<int>{0, 0, 20});
}

TEST_CASE("transfers that were submitted and never run are given back, and the load falls") {
  Fixture fixture(2, 1);
  for (int i = 0; i < 5; ++i) REQUIRE(fixture.submit("http://127.0.0.1:1"));
  fixture.run_to_the_end();
  CHECK(fixture.listener.given_back == 5);
  CHECK(fixture.listener.started == 0);
  CHECK(fixture.listener.done == 0);
  CHECK(fixture.loads() == std::vector<int>{0, 0});
}

TEST_CASE("agents that have ended refuse transfers, until they are reopened") {
  Fixture fixture(2, 1);
  fixture.run_to_the_end();
  CHECK_FALSE(fixture.submit("http://127.0.0.1:1"));
  CHECK(fixture.loads() == std::vector<int>{0, 0});
  CHECK(fixture.listener.given_back == 0);
  fixture.group().reopen();
  CHECK(fixture.submit("http://127.0.0.1:1"));
  fixture.run_to_the_end();
  CHECK(fixture.listener.given_back == 1);
}

}  // namespace
}  // namespace async_http_pool
