// What an agent does with orders that it cannot begin. Answers are canned: no server, no thread.
#include "agent/agent.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/posted_transfer.hpp"

namespace async_http_pool {
namespace {

using test::AnsweringAgent;
using test::PostedTransfer;

class Fixture : public AnsweringAgent {
 public:
  /// `delay`: before an answer.
  explicit Fixture(std::chrono::milliseconds delay = std::chrono::milliseconds(0))
      : AnsweringAgent({.delay = delay}) {}
  void stop() { agent.stop_at(TimePoint::min()); }
};

TEST_CASE("orders that are posted while an agent works, and not taken, are given back once") {
  constexpr int late_ones = 3;
  Fixture fixture(std::chrono::hours(1));
  PostedTransfer under_way;
  std::deque<PostedTransfer> late;
  std::vector<bool> accepted;
  std::vector<int> loads;
  const auto note_load = [&] { loads.push_back(fixture.agent.load()); };
  under_way.when_ended = note_load;
  under_way.when_started = [&] {
    for (int i = 0; i < late_ones; ++i) {
      late.emplace_back().when_ended = note_load;
      accepted.push_back(fixture.agent.submit(late.back().order));
    }
    loads.push_back(fixture.agent.load());
    fixture.stop();
  };
  REQUIRE(fixture.agent.submit(under_way.order));
  CHECK_FALSE(fixture.agent.run());

  CHECK(accepted == std::vector<bool>(late_ones, true));
  CHECK(under_way.started == 1);
  CHECK(under_way.given_back == 1);
  CHECK(under_way.done == 0);
  for (const PostedTransfer& transfer : late) {
    CHECK(transfer.given_back == 1);
    CHECK(transfer.started + transfer.done == 0);
  }
  CHECK(loads == std::vector<int>{4, 3, 2, 1, 0});
}

TEST_CASE("an order that comes while an agent gives back is refused, and no load of it stays") {
  Fixture fixture;
  PostedTransfer posted;
  PostedTransfer again;
  std::vector<bool> accepted;
  posted.when_ended = [&] { accepted.push_back(fixture.agent.submit(again.order)); };
  REQUIRE(fixture.agent.submit(posted.order));
  fixture.stop();
  CHECK_FALSE(fixture.agent.run());
  CHECK(posted.given_back == 1);
  CHECK(accepted == std::vector<bool>{false});
  CHECK(again.ended() == 0);
  CHECK(fixture.agent.load() == 0);

  fixture.agent.reopen();
  again.when_ended = [&] { fixture.stop(); };
  REQUIRE(fixture.agent.submit(again.order));
  CHECK_FALSE(fixture.agent.run());
  CHECK(again.status == 200);
  CHECK(again.given_back == 0);
}

TEST_CASE("a listener may be gone when its order was given back, and a signal for it comes later") {
  Fixture fixture;
  const std::shared_ptr<TransferRemote> remote = fixture.agent.make_remote("http://127.0.0.1:1");
  auto posted = std::make_unique<PostedTransfer>(remote);
  auto neighbour = std::make_unique<PostedTransfer>();
  std::vector<std::string> ended;
  posted->when_ended = [&] {
    ended.emplace_back("posted");
    const auto last_breath = std::move(posted);
  };
  neighbour->when_ended = [&] {
    ended.emplace_back("neighbour");
    const auto last_breath = std::move(neighbour);
  };
  REQUIRE(fixture.agent.submit(posted->order));
  REQUIRE(fixture.agent.submit(neighbour->order));
  remote->resume_body();
  fixture.stop();
  CHECK_FALSE(fixture.agent.run());
  CHECK(ended == std::vector<std::string>{"posted", "neighbour"});
  remote->cancel();
  CHECK(remote.use_count() == 1);
  CHECK(fixture.agent.load() == 0);
}

TEST_CASE("a deadline and the next piece of a canned answer that are due in one turn end it once") {
  Fixture fixture(std::chrono::milliseconds(6));
  PostedTransfer slow;
  PostedTransfer posted;
  const TimePoint now = SteadyClock::now();
  slow.order.order.deadline = now + std::chrono::milliseconds(2);
  posted.order.order.deadline = now + std::chrono::milliseconds(5);
  slow.when_ended = [&] {  // a callback that takes its time
    while (SteadyClock::now() < now + std::chrono::milliseconds(20)) {
    }
  };
  posted.when_ended = [&] { fixture.stop(); };
  REQUIRE(fixture.agent.submit(posted.order));
  REQUIRE(fixture.agent.submit(slow.order));
  CHECK_FALSE(fixture.agent.run());
  CHECK(posted.ended() == 1);
  CHECK(posted.failure == ErrorCode::request_timeout);
  CHECK(fixture.agent.load() == 0);
}

}  // namespace
}  // namespace async_http_pool
