// What becomes of tasks when their processor stops.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::chrono::milliseconds long_timeout = 15s;

std::chrono::milliseconds time_of(const std::function<void()>& action) {
  const auto begin = Clock::now();
  action();
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

/// A task whose first attempt was refused, and which waits long for its next one.
std::shared_ptr<RecordingHandler> begin_delayed(RunningProcessor& processor,
                                                ScriptedServer& dropping) {
  const std::size_t before = dropping.connections();
  auto handler = processor.begin_get(dropping.url());
  REQUIRE(dropping.wait_for_connections(before + 1));
  REQUIRE(dropping.wait_for_peer_close(before));
  return handler;
}

}  // namespace

TEST_CASE("Stopping gives back what is queued, in flight and waiting for a retry, at once") {
  const Watchdog watchdog("stopping at once");
  DynamicServer server;
  ScriptedServer dropping({expect_request(), half_close(), wait_for_peer_close()});
  RunningProcessor processor(test_configuration()
                                 .set_agents(GENERATE(1, 3))
                                 .set_retry_delay(60s)
                                 .set_request_timeout(100s));
  const auto delayed = begin_delayed(processor, dropping);
  const auto in_flight = processor.begin_get(server.url("/hold"));
  REQUIRE(server.wait_for_requests(1));
  std::vector<std::shared_ptr<RecordingHandler>> queued;
  for (int i = 0; i < 50; ++i) queued.push_back(processor.begin_get(server.url("/hold")));
  CHECK(time_of([&] { processor->stop(0ms); }) < long_timeout / 2);
  CHECK(in_flight->outcome(0ms).is_retry());
  CHECK(delayed->outcome(0ms).is_retry());
  for (const auto& handler : queued) CHECK(handler->outcome(0ms).is_retry());
  CHECK(processor->total_count() == 0);
  CHECK(processor->inflight_count() == 0);
  CHECK(processor->inflight_request_ids().empty());
}

TEST_CASE(
    "What ends before the deadline of stop is delivered, and stop returns as soon as all has") {
  const Watchdog watchdog("delivering while stopping");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_agents(GENERATE(1, 3)));
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 5; ++i) handlers.push_back(processor.begin_get(server.url("/hold")));
  handlers.push_back(processor.begin_get(server.url("/redirect/3")));
  REQUIRE(server.wait_for_requests(5));
  const auto took = time_of([&] {
    std::thread stopper([&] { processor->stop(long_timeout); });
    server.release();
    stopper.join();
  });
  CHECK(took < long_timeout / 2);
  for (const auto& handler : handlers) CHECK(handler->outcome(0ms).status() == 200);
}

TEST_CASE("At the deadline of stop the rest is given back, and what came before is not") {
  const Watchdog watchdog("the deadline of stop");
  DynamicServer server;
  server.route("/quick", [](const ReceivedRequest&) { return Reply{.body = "quick"}; });
  RunningProcessor processor(test_configuration().set_shutdown_timeout(100ms));
  const auto held = processor.begin_get(server.url("/hold"));
  const auto quick = processor.begin_get(server.url("/quick"));
  const auto took = time_of([&] { processor->stop(); });  // the configured deadline
  CHECK(took >= 100ms);
  CHECK(took < long_timeout / 2);
  CHECK(held->outcome(0ms).is_retry());
  CHECK(quick->outcome(0ms).body() == "quick");
}

TEST_CASE("Stopping an idle processor does not wait for its deadline") {
  const Watchdog watchdog("stopping when idle");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_agents(GENERATE(1, 3)));
  CHECK(processor.get(server.url("/status/200")).status() == 200);
  CHECK(processor->wait_until_idle(patience));
  CHECK(time_of([&] { processor->stop(long_timeout); }) < long_timeout / 2);
}

TEST_CASE("A stop without end, or with a deadline that has passed, is taken for what it is") {
  const Watchdog watchdog("extreme deadlines");
  DynamicServer server;
  RunningProcessor processor;
  const auto held = processor.begin_get(server.url("/hold"));
  SECTION("without end") {
    std::thread stopper([&] { processor->stop(std::chrono::milliseconds::max()); });
    server.release();
    stopper.join();
    CHECK(held->outcome(0ms).body() == "held");
  }
  SECTION("long past") {
    CHECK_FALSE(processor->wait_until_idle(std::chrono::milliseconds::min()));
    processor->stop(std::chrono::milliseconds::min());
    CHECK(held->outcome(0ms).is_retry());
  }
}

TEST_CASE("A task in its redirects is given back once, and its requests are all ended") {
  const Watchdog watchdog("stopping within redirects");
  DynamicServer server;
  server.route("/away", [](const ReceivedRequest&) {
    return Reply{.status = 302, .headers = {{"location", "/hold"}}};
  });
  auto observer = std::make_shared<RecordingObserver>();
  RunningProcessor processor;
  processor->observe(observer);
  const auto handler = processor.begin_get(server.url("/away"));
  REQUIRE(server.wait_for_requests(2));
  processor->stop(0ms);
  CHECK(handler->outcome(0ms).is_retry());
  CHECK(observer->count("request_start") == 2);
  CHECK(observer->count("request_end") == 2);
  CHECK(observer->count("request_error") == 0);
  CHECK(observer->events().back() == "stop");
}

TEST_CASE("Destroying a running processor gives its tasks back") {
  const Watchdog watchdog("destroying a running processor");
  DynamicServer server;
  auto handler = std::make_shared<RecordingHandler>();
  {
    Processor processor(test_configuration().set_agents(GENERATE(1, 3)));
    processor.start();
    for (int i = 0; i < 10; ++i) {
      processor.enqueue(RequestTask(Request::get(server.url("/hold")).build(), handler, "Held"));
    }
  }
  CHECK(handler->retry_count() == 10);
  CHECK(handler->outcomes().size() == 10);
}

TEST_CASE("A processor that another thread stops cannot be started before it has stopped") {
  const Watchdog watchdog("starting while stopping");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_request_timeout(100s));
  const auto held = processor.begin_get(server.url("/hold"));
  REQUIRE(server.wait_for_requests(1));
  std::thread stopper([&] { processor->stop(100s); });
  while (!processor->is_stopping()) std::this_thread::yield();
  CHECK_THROWS_WITH(processor->start(), "cannot start: processor is stopping");
  server.release();
  stopper.join();
  CHECK(held->outcome(0ms).is_response());
  CHECK(processor->is_stopped());
}
