// The time of a task runs from enqueue to its outcome, whatever happens in between.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::chrono::milliseconds too_late = patience / 2;  // generous: the machine may be busy

}  // namespace

TEST_CASE("A request that is held beyond its time-out fails then, and the processor goes on") {
  const Watchdog watchdog("a request time-out");
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_agents(GENERATE(1, 3)));
  const auto begin = Clock::now();
  const Outcome outcome = processor.run(Request::get(server.url("/hold")).timeout(50ms).build());
  const auto took = Clock::now() - begin;
  CHECK(outcome.summary() == "timeout request_timeout");
  CHECK(std::string(outcome.error().message()) == "request timed out after 0.05 s");
  CHECK(took >= 50ms);
  CHECK(took < too_late);
  CHECK(processor.get(server.url("/status/200")).status() == 200);
}

TEST_CASE("Redirects share the time of their task") {
  const Watchdog watchdog("a time-out across redirects");
  DynamicServer server;
  server.route("/away", [](const ReceivedRequest&) {
    return Reply{.status = 302, .headers = {{"location", "/hold"}}};
  });
  RunningProcessor processor;
  const auto begin = Clock::now();
  const Outcome outcome = processor.run(Request::get(server.url("/away")).timeout(150ms).build());
  CHECK(outcome.summary() == "timeout request_timeout");
  CHECK(Clock::now() - begin >= 150ms);
  CHECK(Clock::now() - begin < too_late);
}

TEST_CASE("A retry that would come after the deadline is not waited for: the first error counts") {
  const Watchdog watchdog("retries beyond the deadline");
  Descriptor nobody = reserve_port();
  const std::string url = "http://127.0.0.1:" + std::to_string(local_port(nobody)) + "/";
  RunningProcessor processor(test_configuration().set_retries(100).set_retry_delay(200ms));
  const auto begin = Clock::now();
  const Outcome outcome = processor.run(Request::get(url).timeout(1s).build());
  CHECK(outcome.summary() == "connection connection_refused");
  CHECK(Clock::now() - begin < too_late);
  CHECK(processor->wait_until_idle(patience));
}

TEST_CASE("A time-out is not retried, and one among many ends that one alone") {
  const Watchdog watchdog("many time-outs");
  DynamicServer server;
  RunningProcessor processor;
  const auto held = processor.begin_get(server.url("/hold"));
  std::vector<std::shared_ptr<RecordingHandler>> short_lived;
  for (int i = 0; i < 20; ++i) {
    short_lived.push_back(processor.begin(
        Request::get(server.url("/hold")).timeout(std::chrono::milliseconds(5 * i + 1)).build()));
  }
  for (const auto& handler : short_lived)
    CHECK(handler->outcome().summary() == "timeout request_timeout");
  CHECK(held->outcomes().empty());
  server.release();
  CHECK(held->outcome().body() == "held");
}
