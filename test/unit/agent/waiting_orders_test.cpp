// What becomes of orders that wait at an agent because it has more answers to read than it can.
#include "agent/agent.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
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
  explicit CrowdedSelector(bool has_more) : has_more_(has_more) {}
  void await(int, Readiness, Company) override {}
  void forget(int) noexcept override {}
  void abandon(int) noexcept override {}
  [[nodiscard]] std::span<curl_waitfd> waitables() override { return {}; }
  [[nodiscard]] std::span<const Event> ready(Company) override {
    ++looks;
    return {};
  }
  [[nodiscard]] bool has_more() const noexcept override { return has_more_; }

  int looks = 0;

 private:
  const bool has_more_;
};

/// An agent with `count` orders of one origin, which stops when all have ended.
class Fixture {
 public:
  explicit Fixture(std::size_t count, bool has_more = true, CannedAnswer answer = {})
      : Fixture(count, std::make_unique<CrowdedSelector>(has_more), std::move(answer)) {}

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
  Fixture fixture(count, is_behind);
  std::vector<std::size_t> by_turn(300);
  for (PostedTransfer& transfer : fixture.transfers) {
    transfer.when_started = [&] { ++by_turn.at(static_cast<std::size_t>(fixture.selector.looks)); };
  }
  fixture.submit_all();
  fixture.run();
  CHECK(fixture.started() == count);
  const std::size_t most = *std::max_element(by_turn.begin(), by_turn.end());
  CHECK((is_behind ? most <= 32 : most > 32));  // two companies' at a time
  for (const PostedTransfer& transfer : fixture.transfers) CHECK(transfer.status == 200);
}

TEST_CASE("an order that waits ends at its deadline, and is never begun") {
  constexpr std::size_t count = 400;
  Fixture fixture(count);
  PostedTransfer& last = fixture.add_last();
  last.order.order.deadline = SteadyClock::now();
  fixture.submit_all();
  fixture.run();
  CHECK(last.done == 1);
  CHECK(last.failure == ErrorCode::request_timeout);
  CHECK(last.started == 0);
  CHECK(fixture.started_when_last_ended < 100);
  CHECK(fixture.started() == count);
  CHECK(fixture.agent.load() == 0);
}

TEST_CASE("an order that waits is cancelled at once, and never begun") {
  constexpr std::size_t count = 400;
  const bool is_first = GENERATE(true, false);  // the cancelling, before the order comes
  CAPTURE(is_first);
  Fixture fixture(count);
  const std::shared_ptr<TransferRemote> remote = fixture.agent.make_remote("http://127.0.0.1:1");
  const PostedTransfer& last = fixture.add_last(remote);
  if (is_first) {
    remote->cancel();
  } else {
    fixture.transfers.front().when_started = [&] { remote->cancel(); };
  }
  fixture.submit_all();
  fixture.run();
  CHECK(last.done == 1);
  CHECK(last.failure == ErrorCode::cancelled);
  CHECK(last.started == 0);
  CHECK(fixture.started_when_last_ended < 100);
  CHECK(fixture.started() == count);
  CHECK(fixture.agent.load() == 0);
  CHECK(remote->order == nullptr);
  CHECK(remote->handler == nullptr);
}

TEST_CASE("an order whose time has not come waits apart from the others, and then with them") {
  constexpr std::size_t count = 10;
  Fixture fixture(count);
  PostedTransfer& last = fixture.add_last();
  const TimePoint start_at = SteadyClock::now() + 20ms;
  last.order.order.start_at = start_at;
  last.order.order.deadline = start_at + 1h;
  TimePoint started_at;
  last.when_started = [&] { started_at = SteadyClock::now(); };
  fixture.submit_all();
  fixture.run();
  CHECK(last.status == 200);
  CHECK(started_at >= start_at);
  CHECK(fixture.started_when_last_ended == count + 1);
}

TEST_CASE("orders whose time has come are begun no faster than others") {
  constexpr std::size_t count = 200;
  Fixture fixture(count);
  std::vector<std::size_t> by_look(300);
  for (PostedTransfer& transfer : fixture.transfers) {
    transfer.order.order.start_at = SteadyClock::now();
    transfer.when_started = [&] { ++by_look.at(static_cast<std::size_t>(fixture.selector.looks)); };
  }
  fixture.submit_all();
  fixture.run();
  CHECK(fixture.started() == count);
  CHECK(*std::max_element(by_look.begin(), by_look.end()) <= 32);  // two companies' at a time
}

TEST_CASE("a follow-up comes before those that were not begun") {
  Fixture fixture(400);
  PostedTransfer& last = fixture.add_last();
  last.order.order.is_follow_up = true;
  fixture.submit_all();
  fixture.run();
  CHECK(last.status == 200);
  CHECK(fixture.started_when_last_ended < 100);
}

TEST_CASE("orders that wait or are delayed at a stop are given back, and the agent works again") {
  Fixture fixture(100);
  fixture.add_last().order.order.start_at = SteadyClock::now() + 1h;
  fixture.transfers.front().when_started = [&] { fixture.stop(); };
  fixture.submit_all();
  fixture.run();
  for (const PostedTransfer& transfer : fixture.transfers) CHECK(transfer.ended() == 1);
  CHECK(fixture.transfers.back().given_back == 1);
  CHECK(fixture.agent.load() == 0);

  fixture.agent.reopen();
  PostedTransfer later;
  later.when_ended = [&] { fixture.stop(); };
  REQUIRE(fixture.agent.submit(later.order));
  fixture.run();
  CHECK(later.status == 200);
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
  Fixture fixture(count, true, {.delay = 1h});  // all that is begun stays
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
