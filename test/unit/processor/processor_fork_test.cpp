// A process that forks while it has a processor: the child must leave the parent's alone.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/forked_child.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// What a child finds wrong with its parent's processor: a number, 0 for nothing.
int inspect_in_child(std::unique_ptr<Processor>& processor, const Request& request) {
  auto handler = std::make_shared<RecordingHandler>();
  try {
    processor->enqueue(RequestTask(request, handler, "Child"));
    return 1;
  } catch (const NotRunningError& error) {
    if (std::string(error.what()).find("fork") == std::string::npos) return 2;
  }
  RequestTask task(request, handler, "Child");
  if (processor->try_enqueue(task) != EnqueueResult::not_running) return 3;
  if (task.handler() != handler) return 4;
  try {
    processor->start();
    return 5;
  } catch (const std::logic_error&) {  // as it should be
  }
  processor->drain();
  processor->stop();
  processor->stop(10 * patience);
  processor.reset();
  return handler->outcomes().empty() ? 0 : 6;
}

}  // namespace

TEST_CASE("A forked child can do nothing to its parent's processor") {
  const Watchdog watchdog("forking");
  DynamicServer server;
  const int agents = GENERATE(1, 2);
  auto processor = std::make_unique<Processor>(test_configuration().set_agents(agents));
  processor->start();
  const Request request = Request::get(server.url("/status/200")).build();
  auto first = std::make_shared<RecordingHandler>();
  processor->enqueue(RequestTask(request, first, "First"));
  REQUIRE(first->outcome().status() == 200);
  auto held = std::make_shared<RecordingHandler>();
  processor->enqueue(RequestTask(Request::get(server.url("/hold")).build(), held, "Held"));
  REQUIRE(server.wait_for_requests(2));
  const std::size_t connections = server.connections();

  CHECK(run_forked([&] { return inspect_in_child(processor, request); }) == "exit 0");

  CHECK(processor->is_running());
  CHECK(processor->total_count() == 1);
  server.release();
  CHECK(held->outcome().body() == "held");
  REQUIRE(processor->wait_until_idle(patience));
  auto last = std::make_shared<RecordingHandler>();
  processor->enqueue(RequestTask(request, last, "Last"));
  CHECK(last->outcome().status() == 200);
  CHECK(server.connections() == connections);  // the child's end of it was not felt
  processor->stop();
  CHECK(processor->is_stopped());
}

TEST_CASE("A forked child can destroy a processor that was stopped or never started") {
  const Watchdog watchdog("forking with a stopped processor");
  auto processor = std::make_unique<Processor>(test_configuration());
  if (GENERATE(true, false)) {
    processor->start();
    processor->stop();
  }
  const Request request = Request::get("http://127.0.0.1:9/").build();
  CHECK(run_forked([&] { return inspect_in_child(processor, request); }) == "exit 0");
}

TEST_CASE("Looking at a parent's processor does not block a forked child") {
  const Watchdog watchdog("looking from a child");
  DynamicServer server;
  RunningProcessor processor;
  const auto held = processor.begin_get(server.url("/hold"));
  REQUIRE(server.wait_for_requests(1));
  const std::string end = run_forked([&] {
    static_cast<void>(processor->state());
    static_cast<void>(processor->inflight_count());
    static_cast<void>(processor->inflight_request_ids());
    const auto begin = Clock::now();
    // Nobody is there who could end the parent's task.
    static_cast<void>(processor->wait_until_idle(10 * patience));
    return Clock::now() - begin < patience ? 0 : 1;
  });
  CHECK(end == "exit 0");
}
