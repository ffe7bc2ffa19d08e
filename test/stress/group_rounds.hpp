#pragma once

#include "agent/agent_group.hpp"
#include "agent/posted_order.hpp"
#include "http/url.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/tiny_server.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace async_http_pool::test {

/// Counts what it hears of its one transfer.
class CountingListener final : public TransferListener {
 public:
  std::atomic<int> ends = 0;
  std::atomic<int> responses = 0;
  std::optional<PostedOrder> order;
  bool is_submitted = false;

 private:
  void on_transfer_started() noexcept override {}
  void on_transfer_done(TransferResult&& result) noexcept override {
    if (result.status == 200) ++responses;
    ++ends;
  }
  void on_transfer_given_back() noexcept override { ++ends; }
};

/// Many threads that submit to a group of agents, round after round.
struct GroupRounds {
  int count = 0;
  std::size_t submitters = 0;
  std::size_t orders_each = 0;
  /// Any thread.
  std::function<TransferOrder(std::size_t number)> order_for;
  /// Whether a round that is not interrupted may be stopped.
  std::function<bool(const std::vector<CountingListener>& listeners)> is_over;
  /// What agents then have left.
  std::chrono::milliseconds grace{0};
};

[[nodiscard]] inline std::vector<std::string> origins_of(std::span<const TinyServer> servers) {
  std::vector<std::string> origins;
  for (const TinyServer& server : servers) origins.push_back(origin_of(server.url("/")));
  return origins;
}

inline void submit_all(AgentGroup& group, const GroupRounds& rounds,
                       std::vector<CountingListener>& listeners, std::atomic<std::size_t>& done,
                       std::vector<std::thread>& threads) {
  for (std::size_t submitter = 0; submitter < rounds.submitters; ++submitter) {
    threads.emplace_back([&, submitter] {
      for (std::size_t i = submitter; i < listeners.size(); i += rounds.submitters) {
        CountingListener& listener = listeners[i];
        listener.is_submitted = group.submit(listener.order.emplace(rounds.order_for(i), listener));
        ++done;
      }
    });
  }
}

/// Every other round is stopped in its middle. Checks that each transfer that was taken ends once.
inline void run(AgentGroup& group, const GroupRounds& rounds) {
  for (int round = 0; round < rounds.count; ++round) {
    group.reopen();
    std::vector<std::thread> agents;
    std::atomic<int> failures = 0;
    for (std::size_t index = 0; index < group.size(); ++index)
      agents.emplace_back([&, index] { failures += group[index].run().has_value() ? 1 : 0; });
    std::vector<CountingListener> listeners(rounds.submitters * rounds.orders_each);
    std::atomic<std::size_t> submitted = 0;
    std::vector<std::thread> submitters;
    submit_all(group, rounds, listeners, submitted, submitters);
    const bool stops_midway = round % 2 == 1;
    while (stops_midway && submitted < listeners.size() / 2) std::this_thread::yield();
    if (stops_midway) group.stop_at(SteadyClock::now() + std::chrono::milliseconds(round));
    for (std::thread& submitter : submitters) submitter.join();
    if (!stops_midway) CHECK(eventually([&] { return rounds.is_over(listeners); }));
    group.stop_at(SteadyClock::now() + rounds.grace);
    for (std::thread& agent : agents) agent.join();

    std::size_t wrong = 0;
    for (const CountingListener& listener : listeners)
      wrong += listener.ends == (listener.is_submitted ? 1 : 0) ? 0 : 1;
    CHECK(wrong == 0);
    CHECK(failures == 0);
    for (std::size_t index = 0; index < group.size(); ++index) CHECK(group[index].load() == 0);
  }
}

}  // namespace async_http_pool::test
