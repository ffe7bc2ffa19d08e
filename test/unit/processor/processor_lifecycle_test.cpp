// States and what leads from one to the next.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <stdexcept>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

RequestTask task_to(const std::string& url, std::shared_ptr<TaskHandler> handler) {
  return RequestTask(Request::get(url).build(), std::move(handler), "TestCallback");
}

template <typename Exception, typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Exception& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

std::string enqueue_refusal(Processor& processor) {
  return message_of<NotRunningError>([&] {
    processor.enqueue(task_to("http://127.0.0.1:9/", std::make_shared<RecordingHandler>()));
  });
}

}  // namespace

TEST_CASE("A new processor is stopped, idle and accepts nothing") {
  Processor processor(test_configuration());
  CHECK(processor.state() == ProcessorState::stopped);
  CHECK(processor.is_idle());
  CHECK_FALSE(processor.is_drained());
  CHECK(processor.wait_until_idle(0ms));
  CHECK(enqueue_refusal(processor) == "Cannot enqueue request: processor is stopped");
  processor.drain();
  CHECK(processor.is_stopped());
  processor.stop();
  processor.stop(0ms);
  CHECK(processor.is_stopped());
}

TEST_CASE("A processor that was never started can be destroyed") {
  auto observer = std::make_shared<RecordingObserver>();
  {
    Processor processor(test_configuration());
    processor.observe(observer);
  }
  CHECK(observer->events().empty());
}

TEST_CASE("Starting and stopping twice is once") {
  const Watchdog watchdog("starting and stopping twice");
  auto observer = std::make_shared<RecordingObserver>();
  Processor processor(test_configuration());
  processor.observe(observer);
  processor.start();
  processor.start();
  CHECK(processor.is_running());
  processor.stop(0ms);
  processor.stop(0ms);
  CHECK(processor.is_stopped());
  CHECK(observer->events() == std::vector<std::string>{"start", "stop"});
}

TEST_CASE("A stopped processor starts again and works") {
  const Watchdog watchdog("starting again");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_agents(GENERATE(1, 3)));
  for (int round = 0; round < 3; ++round) {
    CHECK(processor.get(server.url("/status/200")).status() == 200);
    processor->stop(0ms);
    CHECK(enqueue_refusal(processor.processor()) == "Cannot enqueue request: processor is stopped");
    processor->start();
    CHECK(processor->is_running());
  }
}

TEST_CASE("A draining processor finishes its tasks, accepts none and cannot be started") {
  const Watchdog watchdog("draining");
  DynamicServer server;
  RunningProcessor processor;
  const auto held = processor.begin_get(server.url("/hold"));
  processor->drain();
  processor->drain();
  CHECK(processor->is_draining());
  CHECK_FALSE(processor->is_drained());
  CHECK(enqueue_refusal(processor.processor()) == "Cannot enqueue request: processor is draining");
  CHECK(message_of<std::logic_error>([&] { processor->start(); }) ==
        "cannot start: processor is draining");
  server.release();
  CHECK(processor->wait_until_idle(patience));
  CHECK(held->outcome().body() == "held");
  CHECK(processor->is_drained());
  processor->stop();
  CHECK(processor->is_stopped());
  CHECK_FALSE(processor->is_drained());
  processor->start();
  CHECK(processor.get(server.url("/hold")).body() == "held");
}

TEST_CASE(
    "While one thread stops, the processor says so and refuses, and the stop can be hastened") {
  const Watchdog watchdog("hastening a stop");
  DynamicServer server;
  RunningProcessor processor;
  const auto held = processor.begin_get(server.url("/hold"));
  std::thread stopper([&] { processor->stop(10 * patience); });
  REQUIRE(eventually([&] { return processor->is_stopping(); }));
  CHECK(enqueue_refusal(processor.processor()) == "Cannot enqueue request: processor is stopping");
  processor->stop(0ms);
  stopper.join();
  CHECK(processor->is_stopped());
  CHECK(held->outcome().is_retry());
}

TEST_CASE("A full processor refuses with the limit in its message, and has room again later") {
  const Watchdog watchdog("a full processor");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_max_connections(2));
  const auto first = processor.begin_get(server.url("/hold"));
  const auto second = processor.begin_get(server.url("/hold"));
  CHECK(processor->total_count() == 2);
  CHECK(message_of<MaxCapacityError>([&] {
          static_cast<void>(processor.begin_get(server.url("/hold")));
        }) == "Cannot enqueue request: already at max capacity (2 connections)");
  server.release();
  CHECK(processor->wait_until_idle(patience));
  CHECK(first->outcome().is_response());
  CHECK(second->outcome().is_response());
  CHECK(processor.get(server.url("/hold")).body() == "held");
}

TEST_CASE("A refused task is left as it was") {
  const Watchdog watchdog("a refused task");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_max_connections(1));
  const auto held = processor.begin_get(server.url("/hold"));
  auto handler = std::make_shared<RecordingHandler>();
  RequestTask task(Request::post(server.url("/echo")).body("payload").build(), handler, "Later",
                   {{"k", 1}}, {.id = "job-7"});
  CHECK(processor->try_enqueue(task) == EnqueueResult::max_capacity);
  processor->stop(0ms);
  CHECK(processor->try_enqueue(task) == EnqueueResult::not_running);
  CHECK(task.id() == "job-7");
  CHECK(task.callback() == "Later");
  CHECK(task.handler() == handler);
  CHECK(task.request().body() == "payload");
  CHECK(task.callback_args().size() == 1);
  CHECK_FALSE(task.enqueued_at().has_value());
  CHECK(handler->outcomes().empty());

  processor->start();
  REQUIRE(processor->try_enqueue(task) == EnqueueResult::accepted);
  CHECK(handler->outcome().response().request_id() == "job-7");
  CHECK(held->outcome().is_retry());
}

TEST_CASE("Counts and ids tell what is under way") {
  const Watchdog watchdog("counts and ids");
  DynamicServer server;
  Descriptor nobody = reserve_port();
  RunningProcessor processor(test_configuration().set_retry_delay(60s));
  auto held = std::make_shared<RecordingHandler>();
  for (const char* id : {"a", "b", "c"}) {
    processor->enqueue(
        RequestTask(Request::get(server.url("/hold")).build(), held, "Held", {}, {.id = id}));
  }
  CHECK(processor->total_count() == 3);
  CHECK(server.wait_for_requests(3));
  CHECK(processor->inflight_count() == 3);
  std::vector<std::string> ids = processor->inflight_request_ids();
  std::ranges::sort(ids);
  CHECK(ids == std::vector<std::string>{"a", "b", "c"});
  CHECK_FALSE(processor->is_idle());
  CHECK_FALSE(processor->wait_until_idle(1ms));
  server.release();
  CHECK(processor->wait_until_idle(patience));
  CHECK(processor->inflight_request_ids().empty());
  CHECK(held->response_count() == 3);
}
