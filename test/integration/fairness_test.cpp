// A request that is alone with its host does not stand in line behind those of a busy one.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/gate.hpp"
#include "support/running_processor.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Answers `count` requests for one path at the same time, when the test says so.
class Burst {
 public:
  Burst(DynamicServer& server, std::size_t count, const std::string& body)
      : server_(server), count_(count) {
    server.route("/" + body, [this, body](const ReceivedRequest&) {
      static_cast<void>(go_.wait());
      if (++answered_ == count_) answered_all_.open();
      return Reply{.body = body};
    });
  }
  void answer() {
    REQUIRE(server_.wait_for_requests(count_));
    go_.open();
    REQUIRE(answered_all_.wait());
  }

 private:
  DynamicServer& server_;
  const std::size_t count_;
  Gate go_;
  Gate answered_all_;
  std::atomic<std::size_t> answered_ = 0;
};

}  // namespace

TEST_CASE("an answer of another host comes before the rest of a burst that came before it") {
  if (selector_from_environment() == SelectorKind::poll) return;  // looks at all that is ready
  constexpr std::size_t count = 250;
  DynamicServer busy;
  DynamicServer quiet;
  DynamicServer third;
  Burst burst(busy, count, "many");
  Burst lone(quiet, 1, "lone");
  RunningProcessor processor(test_configuration().set_max_connections(2 * count));
  const auto outcomes = std::make_shared<RecordingHandler>();
  const auto begin = [&](const std::string& url) {
    processor->enqueue({Request::get(url).build(), outcomes, "callback"});
  };
  for (std::size_t i = 0; i < count; ++i) begin(busy.url("/many"));
  begin(quiet.url("/lone"));
  REQUIRE(busy.wait_for_requests(count));
  REQUIRE(quiet.wait_for_requests(1));

  // While the agent sees nothing, all answers come, and that of the quiet host comes last.
  Gate agent_stands;
  Gate agent_may_go;
  const auto pause = std::make_shared<CallbackHandler>([&] {
    agent_stands.open();
    static_cast<void>(agent_may_go.wait());
  });
  processor->enqueue({Request::get(third.url("/status/200")).build(), pause, "callback"});
  REQUIRE(agent_stands.wait());
  burst.answer();
  lone.answer();
  agent_may_go.open();

  REQUIRE(outcomes->wait_for(count + 1));
  const std::vector<Outcome> order = outcomes->outcomes();
  const auto found =
      std::ranges::find_if(order, [](const Outcome& outcome) { return outcome.body() == "lone"; });
  REQUIRE(found != order.end());
  CHECK(found - order.begin() < 150);
}
