// What becomes of orders that wait at an agent because it has more answers to read than it can.
#include "agent/agent.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/posted_transfer.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::AnsweringAgent;
using test::PostedTransfer;

/// Says that there is more to read, or not.
class CrowdedSelector final : public Selector {
 public:
  CrowdedSelector(bool has_more, std::chrono::milliseconds look_time)
      : has_more_(has_more), look_time_(look_time) {}
  void await(int, Readiness, Company) override {}
  void forget(int) noexcept override {}
  void abandon(int) noexcept override {}
  [[nodiscard]] std::span<curl_waitfd> waitables() override { return {}; }
  [[nodiscard]] std::span<const Event> ready(Company) override {
    std::this_thread::sleep_for(look_time_);
    ++looks;
    return {};
  }
  [[nodiscard]] bool has_more() const noexcept override { return has_more_; }

  int looks = 0;

 private:
  const bool has_more_;
  const std::chrono::milliseconds look_time_;
};

/// An agent with `count` orders of one origin, which stops when all have ended.
class Fixture {
 public:
  explicit Fixture(std::size_t count, std::chrono::milliseconds look_time = 0ms,
                   bool has_more = true, CannedAnswer answer = {})
      : Fixture(count, std::make_unique<CrowdedSelector>(has_more, look_time), std::move(answer)) {}

  void submit_all() {
    for (PostedTransfer& transfer : transfers) REQUIRE(agent.submit(transfer.order));
  }
  void run() { CHECK_FALSE(agent.run()); }
  void stop() { agent.stop_at(TimePoint::min()); }
  [[nodiscard]] std::size_t started() const {
    std::size_t count = 0;
    for (const PostedTransfer& transfer : transfers) count += transfer.started > 0 ? 1 : 0;
    return count;
  }
  /// The one that comes last; how many have started is noted when it ends.
  PostedTransfer& add_last(std::shared_ptr<TransferRemote> remote = nullptr) {
    PostedTransfer& last = transfers.emplace_back(std::move(remote));
    last.when_ended = [this] {
      started_when_last_ended = started();
      count_end();
    };
    return last;
  }

  CrowdedSelector& selector;

 private:
  Fixture(std::size_t count, std::unique_ptr<CrowdedSelector> crowded, CannedAnswer answer)
      : selector(*crowded), answering_(std::move(answer), std::move(crowded)) {
    for (std::size_t i = 0; i < count; ++i)
      transfers.emplace_back().when_ended = [this] { count_end(); };
  }
  void count_end() {
    if (++ended_ == transfers.size()) stop();
  }

  AnsweringAgent answering_;
  std::size_t ended_ = 0;

 public:
  Agent& agent = answering_.agent;
  std::deque<PostedTransfer> transfers;
  std::size_t started_when_last_ended = 0;
};

TEST_CASE("an agent that is behind begins half as many orders as it reads answers") {
  constexpr std::size_t count = 200;
  const bool is_behind = GENERATE(true, false);
  CAPTURE(is_behind);
  Fixture fixture(count, 0ms, is_behind);
  std::vector<std::size_t> by_turn(300);
  for (PostedTransfer& transfer : fixture.transfers) {
    transfer.when_started = [&] { ++by_turn.at(static_cast<std::size_t>(fixture.selector.looks)); };
  }
  fixture.submit_all();
  fixture.run();
  CHECK(fixture.started() == count);
  const std::size_t most = *std::max_element(by_turn.begin(), by_turn.end());
  CHECK((is_behind ? most <= 16 : most > 32));
  for (const PostedTransfer& transfer : fixture.transfers) CHECK(transfer.status == 200);
}

TEST_CASE("an order that waits ends at its deadline, and is never begun") {
  constexpr std::size_t count = 400;  // 25 turns
  Fixture fixture(count, 5ms);
  PostedTransfer& last = fixture.add_last();
  last.order.order.deadline = SteadyClock::now() + 20ms;
  fixture.submit_all();
  fixture.run();
  CHECK(last.done == 1);
  CHECK(last.status == 0);
  CHECK(last.started == 0);
  CHECK(fixture.started_when_last_ended < count);
  CHECK(fixture.started() == count);
  CHECK(fixture.agent.load() == 0);
}

TEST_CASE("an order that waits is cancelled at once, and never begun") {
  constexpr std::size_t count = 400;
  Fixture fixture(count);
  const std::shared_ptr<TransferRemote> remote = fixture.agent.make_remote("http://127.0.0.1:1");
  const PostedTransfer& last = fixture.add_last(remote);
  fixture.transfers.front().when_started = [&] { remote->cancel(); };
  fixture.submit_all();
  fixture.run();
  CHECK(last.done == 1);
  CHECK(last.status == 0);
  CHECK(last.started == 0);
  CHECK(fixture.started_when_last_ended < 100);
  CHECK(fixture.started() == count);
  CHECK(remote->order == nullptr);
  CHECK(remote->handler == nullptr);
}

TEST_CASE("an order that waits at a stop is given back, and a signal for it comes too late") {
  Fixture fixture(100);
  const std::shared_ptr<TransferRemote> remote = fixture.agent.make_remote("http://127.0.0.1:1");
  PostedTransfer& last = fixture.add_last(remote);
  last.order.order.deadline = SteadyClock::now() + 1h;
  fixture.transfers.front().when_started = [&] { fixture.stop(); };
  fixture.submit_all();
  fixture.run();
  CHECK(last.given_back == 1);
  CHECK(last.started + last.done == 0);
  for (const PostedTransfer& transfer : fixture.transfers) CHECK(transfer.ended() == 1);
  CHECK(fixture.agent.load() == 0);
  CHECK(remote->order == nullptr);
  remote->cancel();
}

TEST_CASE("a lone order does not wait behind those of a busy origin") {
  constexpr std::size_t count = 1000;
  Fixture fixture(count, 0ms, true, {.delay = 1h});  // all that is begun stays
  PostedTransfer lone(nullptr, "http://127.0.0.1:2");
  std::size_t started_before = 0;
  lone.when_started = [&] {
    started_before = fixture.started();
    fixture.stop();
  };
  fixture.transfers[100].when_started = [&] { REQUIRE(fixture.agent.submit(lone.order)); };
  fixture.submit_all();
  fixture.run();
  CHECK(lone.started == 1);
  CHECK(started_before > 100);
  CHECK(started_before < 150);
}

}  // namespace
}  // namespace async_http_pool
