// A client that shares a processor's agents.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/process_state.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Request get_of(const std::string& url) { return Request::get(url).build(); }

}  // namespace

TEST_CASE("a client shares the agents, limits and connections of a processor") {
  DynamicServer server;
  RunningProcessor processor(without_retries().set_max_connections(1));
  CHECK(processor.get(server.url("/status/200")).status() == 200);
  REQUIRE(processor->wait_until_idle(patience));
  const std::size_t threads = thread_count();
  const Client client(processor.processor());
  CHECK(client.configuration().max_connections() == 1);
  CHECK(client.get(server.url("/bytes/3")).body() == "xxx");
  CHECK(server.connections() == 1);
  CHECK(thread_count() == threads);
  ResponseFuture held = client.send(get_of(server.url("/hold")));
  CHECK(processor->total_count() == 1);
  RequestTask task(get_of(server.url("/status/200")), std::make_shared<RecordingHandler>(), "Test");
  CHECK(processor->try_enqueue(task) == EnqueueResult::max_capacity);
  server.release();
  CHECK(held.get().body().bytes() == "held");
}

TEST_CASE("a client of a processor works while that runs, and again when it is started again") {
  const Watchdog watchdog("a client of a processor that stops");
  DynamicServer server;
  Processor processor(without_retries());
  const Client client(processor);
  CHECK_THROWS_AS(client.send(get_of(server.url("/hold"))).get(), NotRunningError);
  CHECK(processor.is_stopped());  // it starts nothing
  processor.start();
  ResponseFuture held = client.send(get_of(server.url("/hold")));
  REQUIRE(server.wait_for_requests(1));
  processor.stop(0ms);
  const Outcome outcome = outcome_of([&] { return held.get(); });
  CHECK(outcome.summary() == "unknown cancelled");
  CHECK(outcome.error().message() == "processor was stopped before the request was over");
  CHECK_THROWS_AS(client.get(server.url("/status/200")), NotRunningError);
  processor.start();
  CHECK(client.get(server.url("/status/200")).status() == 200);
  processor.drain();
  CHECK_THROWS_AS(client.get(server.url("/status/200")), NotRunningError);
}

TEST_CASE("a client outlives its processor, and a processor its clients") {
  const Watchdog watchdog("clients and processors that go");
  DynamicServer server;
  auto processor = std::make_unique<Processor>(without_retries());
  processor->start();
  std::optional<Client> client(*processor);
  ResponseFuture held = client->send(get_of(server.url("/hold")));
  REQUIRE(server.wait_for_requests(1));
  const Client copy = *client;
  client.reset();
  CHECK_FALSE(held.is_ready());  // the agents are not the client's to end
  processor.reset();
  CHECK(failure_of([&] { return held.get(); }) == "unknown cancelled");
  CHECK_THROWS_AS(copy.get(server.url("/status/200")), NotRunningError);
  CHECK(copy.configuration().max_connections() > 0);
}

TEST_CASE("a processor waits at its stop for bodies that its clients read") {
  const Watchdog watchdog("a stop while a client reads");
  Gate go_on;
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for(go_on), send("cd")});
  Processor processor(without_retries());
  processor.start();
  const Client client(processor);
  StreamingResponse response = client.send(get_of(server.url())).get();
  std::jthread stopper([&processor] { processor.stop(10 * patience); });
  REQUIRE(eventually([&] { return processor.is_stopping(); }));
  go_on.open();
  CHECK(response.body().bytes() == "abcd");
  stopper.join();
  CHECK(processor.is_stopped());
}

TEST_CASE("a body fails behind its last bytes when its processor stops") {
  const Watchdog watchdog("a body whose processor stops");
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for_peer_close()});
  Processor processor(without_retries());
  processor.start();
  StreamingResponse response = Client(processor).send(get_of(server.url())).get();
  std::array<char, 2> bytes;
  REQUIRE(response.body().read(bytes) == 2);
  processor.stop(0ms);
  CHECK(failure_of([&] { return response.body().read(bytes); }) == "unknown cancelled");
}
