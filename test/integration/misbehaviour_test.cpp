// What bare libcurl gets wrong: LIBCURL.md F2, F3, F4, F6 and F9, each with the server that
// provokes it.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/outcome_ledger.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Calls `action` when it completes: on the agent's thread.
class CallingHandler final : public TaskHandler {
 public:
  explicit CallingHandler(std::function<void()> action) : action_(std::move(action)) {}
  void on_complete(const Response&, std::string_view) override { action_(); }
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}

 private:
  std::function<void()> action_;
};

/// The outcome of `request` when it is enqueued after `event` has happened on the idle connection
/// of a first GET, and the agent has had no chance to notice: its thread is held in the first one's
/// callback meanwhile.
Outcome run_behind_the_agents_back(RunningProcessor& processor, const Request& request,
                                   std::function<bool()> event) {
  const auto second = std::make_shared<RecordingHandler>();
  std::atomic<bool> has_happened{false};
  const auto first = std::make_shared<CallingHandler>([&, second] {
    has_happened = event();
    processor->enqueue(RequestTask(request, second, "Second"));
  });
  processor->enqueue(RequestTask(Request::get(request.url()).build(), first, "First"));
  Outcome outcome = second->outcome();
  CHECK(has_happened);
  return outcome;
}

}  // namespace

TEST_CASE("hard case 46: a folded first header line on a reused connection does no harm (F2)") {
  const std::string folded = "HTTP/1.1 200 OK\r\n folded: 1\r\ncontent-length: 0\r\n\r\n";
  ScriptedServer server({expect_request(), send(response(200, "ok", "x-some: header\r\n")),
                         expect_request(), send(folded)});
  RunningProcessor processor(without_retries());
  for (int round = 0; round < 5; ++round) {
    REQUIRE(processor.get(server.url()).body() == "ok");
    CHECK(processor.get(server.url()).summary() == "unknown protocol_violation");
  }
  CHECK(server.connections() == 5);
}

TEST_CASE("hard case 28: a response that comes late on an idle connection is never used (F3)") {
  Gate gate;
  const std::string stray = response(200, "EVIL");
  ScriptedServer server({expect_request(), send(response(200, "good")), again()});
  server.on_connection(0,
                       {expect_request(), send(response(200, "good")), wait_for(gate), send(stray),
                        expect_request(), send(response(200, "one behind")), again()});
  RunningProcessor processor(without_retries());
  REQUIRE(processor.get(server.url()).body() == "good");
  gate.open();
  CHECK(server.wait_for_peer_close(0));  // the agent notices by itself
  for (int i = 0; i < 3; ++i) CHECK(processor.get(server.url()).body() == "good");
  CHECK(server.connections() == 2);
}

TEST_CASE("hard case 28: a response that comes just before the next request is never used (F3)") {
  Gate gate;
  Gate sent;
  ScriptedServer server({expect_request(), send(response(200, "good")), again()});
  server.on_connection(0, {expect_request(), send(response(200, "good")), wait_for(gate),
                           send(response(200, "EVIL")), open_gate(sent)});
  RunningProcessor processor(without_retries());
  const Outcome next =
      run_behind_the_agents_back(processor, Request::get(server.url()).build(), [&] {
        gate.open();
        return sent.wait();
      });
  CHECK(next.body() == "good");
  CHECK(processor.get(server.url()).body() == "good");
  CHECK(server.connections() == 2);
}

TEST_CASE(
    "hard case 95: a connection that is closed just before the next request costs nobody a request "
    "(F3)") {
  for (const Step& death : {half_close(), close(), reset()}) {
    Gate gate;
    Gate dead;
    ScriptedServer server({expect_request(), send(response(200, "good")), again()});
    server.on_connection(
        0, {expect_request(), send(response(200, "good")), wait_for(gate), death, open_gate(dead)});
    RunningProcessor processor(without_retries());
    const Outcome next =
        run_behind_the_agents_back(processor, Request::post(server.url()).body("x").build(), [&] {
          gate.open();
          return dead.wait();
        });
    CHECK(next.body() == "good");
    CHECK(server.requests().size() == 2);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("hard case 27: bytes behind a response are no response to the next request") {
  const std::string two = response(200, "first") + response(200, "EVIL");
  ScriptedServer server({expect_request(), send(two), again()});
  RunningProcessor processor(without_retries());
  for (int i = 0; i < 5; ++i) CHECK(processor.get(server.url()).body() == "first");
}

TEST_CASE("hard case 30: a body that follows a 204 is no response to the next request") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 204 None\r\n\r\n" + response(200, "EVIL")), again()});
  RunningProcessor processor(without_retries());
  for (int i = 0; i < 5; ++i) CHECK(processor.get(server.url()).status() == 204);
}

TEST_CASE("hard case 95: a POST is not sent again when a reused connection dies, a GET is (F4)") {
  for (const Step& death : {close(), reset()}) {
    ScriptedServer server({expect_request(), send(response(200, "ok")), again()});
    server.on_connection(0, {expect_request(), send(response(200, "ok")), expect_request(), death});
    RunningProcessor processor;
    REQUIRE(processor.get(server.url()).body() == "ok");
    CHECK(processor.post(server.url(), "pay").summary() == "connection response_lost");
    CHECK(server.requests().size() == 2);
  }
  for (const Step& death : {close(), reset()}) {
    ScriptedServer server({expect_request(), send(response(200, "ok")), again()});
    server.on_connection(0, {expect_request(), send(response(200, "ok")), expect_request(), death});
    RunningProcessor processor;
    REQUIRE(processor.get(server.url()).body() == "ok");
    CHECK(processor.get(server.url()).body() == "ok");
    CHECK(server.requests().size() == 3);
  }
}

TEST_CASE("hard case 95: no number of dead connections makes a POST go out twice (F4)") {
  Gate gate;
  ScriptedServer server(
      {expect_request(), send(response(200, "ok")), wait_for(gate), expect_request(), close()});
  RunningProcessor processor;
  std::vector<std::shared_ptr<RecordingHandler>> first;
  for (int i = 0; i < 6; ++i) first.push_back(processor.begin_get(server.url()));
  for (const auto& handler : first) REQUIRE(handler->outcome().body() == "ok");
  gate.open();
  std::vector<std::shared_ptr<RecordingHandler>> posts;
  for (int i = 0; i < 6; ++i)
    posts.push_back(processor.begin(
        Request::post(server.url()).param("n", std::to_string(i)).body("b").build()));
  for (const auto& handler : posts) static_cast<void>(handler->outcome());
  std::vector<std::string> targets;
  for (const ReceivedRequest& request : server.requests()) {
    if (request.method == "POST") targets.push_back(request.target);
  }
  std::sort(targets.begin(), targets.end());
  CHECK(std::adjacent_find(targets.begin(), targets.end()) == targets.end());
}

TEST_CASE("hard case 105: a slow name delays neither other requests nor its own timeout (F6)") {
  SlowResolver resolver;
  DynamicServer server;
  RunningProcessor processor(without_retries());
  const auto start = Clock::now();
  const auto slow = processor.begin(Request::get("http://a.slow.test/").timeout(400ms).build());
  REQUIRE(resolver.wait_for_blocked(1));
  for (int i = 0; i < 10; ++i) CHECK(processor.get(server.url("/status/200")).status() == 200);
  CHECK(slow->outcome().summary() == "timeout request_timeout");
  CHECK(Clock::now() - start < 5s);
  const auto after = Clock::now();
  CHECK(processor.get(server.url("/status/200")).status() == 200);
  CHECK(Clock::now() - after < 5s);
}

TEST_CASE("a slow name runs into the connection timeout (F6)") {
  const SlowResolver resolver;
  RunningProcessor processor(without_retries().set_connection_timeout(200ms));
  const auto start = Clock::now();
  CHECK(processor.get("http://b.slow.test/").summary() == "timeout connect_timeout");
  CHECK(Clock::now() - start < 5s);
}

TEST_CASE("hard case 143: stop does not wait for a slow name (F6)") {
  const SlowResolver resolver;
  RunningProcessor processor(without_retries());
  const auto slow = processor.begin_get("http://c.slow.test/");
  REQUIRE(resolver.wait_for_blocked(1));
  const auto start = Clock::now();
  processor->stop(10ms);
  CHECK(Clock::now() - start < 5s);
  CHECK(slow->outcome().is_retry());
}

TEST_CASE("a slow name works once it is resolved") {
  SlowResolver resolver;
  DynamicServer server;
  RunningProcessor processor(without_retries());
  const auto slow =
      processor.begin_get("http://d.slow.test:" + std::to_string(server.port()) + "/redirect/0");
  REQUIRE(resolver.wait_for_blocked(1));
  resolver.open();
  CHECK(slow->outcome().body() == "arrived");
}

TEST_CASE("hard case 11: a header block that is cut anywhere is an error (F9)") {
  const std::string complete = "HTTP/1.1 200 OK\r\nx-one: 1\r\ncontent-length: 0\r\n\r\n";
  RunningProcessor processor(without_retries());
  for (std::size_t length = 1; length + 1 < complete.size(); length += 3) {
    INFO(complete.substr(0, length));
    ScriptedServer server({expect_request(), send(complete.substr(0, length)), close()});
    CHECK(processor.get(server.url()).is_error());
  }
  ScriptedServer server({expect_request(), send(complete), close()});
  CHECK(processor.get(server.url()).status() == 200);
}

TEST_CASE(
    "hard case 12: without the final blank line it is a truncated response, on a reused connection "
    "too (F9)") {
  ScriptedServer server({expect_request(), send(response(200, "ok")), expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"), close()});
  RunningProcessor processor(without_retries());
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(processor.get(server.url()).summary() == "connection truncated_response");
}

TEST_CASE("hard case 101: a response that comes after our timeout answers nobody") {
  Gate gate;
  ScriptedServer server({expect_request(), send(response(200, "good")), again()});
  server.on_connection(0, {expect_request(), wait_for(gate), send(response(200, "late"))});
  RunningProcessor processor(without_retries());
  CHECK(processor.run(Request::get(server.url()).timeout(100ms).build()).summary() ==
        "timeout request_timeout");
  gate.open();
  for (int i = 0; i < 3; ++i) CHECK(processor.get(server.url()).body() == "good");
}

TEST_CASE("hard case 33: a response that comes before the whole request was sent is delivered") {
  ScriptedServer server(
      {send("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
       wait_for_peer_close()});
  RunningProcessor processor(without_retries());
  CHECK(processor.post(server.url(), std::string(2'000'000, 'u')).status() == 413);
}

TEST_CASE("hard case 60: header values that are no UTF-8 do not break the JSON of a response") {
  ScriptedServer server({expect_request(), send(response(200, "ok", "x-latin: gr\xFC\xDF\r\n"))});
  RunningProcessor processor(without_retries());
  const Response response = processor.get(server.url()).response();
  CHECK_NOTHROW(Value::from_json(response.to_json()));
}

TEST_CASE(
    "nothing that servers do ends the agent: many misbehaving ones at once, each task has one "
    "outcome") {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  std::vector<std::unique_ptr<ScriptedServer>> servers;
  const auto add = [&](Script script) {
    servers.push_back(std::make_unique<ScriptedServer>(std::move(script)));
  };
  add({expect_request(), close()});
  add({expect_request(), reset()});
  add({reset()});
  add({expect_request(), send(head + " folded\r\n\r\n")});
  add({expect_request(), send("nonsense"), close()});
  add({expect_request(), send(head + "content-length: 9\r\n\r\nshort"), close()});
  add({send(response(200, "unasked")), close()});
  add({expect_request(), send(response(200, "a") + response(200, "b")), again()});
  add({expect_request(), send(head + "transfer-encoding: chunked\r\n\r\nffffffffffffffffffff\r\n"),
       close()});
  add({expect_request(), send(response(200, "ok")), again()});

  RunningProcessor processor(test_configuration().set_retries(1).set_request_timeout(10s));
  const auto ledger = OutcomeLedger::create();
  std::vector<std::string> ids;
  for (int round = 0; round < 20; ++round) {
    for (const auto& server : servers) {
      const std::string id = "task-" + std::to_string(ids.size());
      ids.push_back(id);
      processor->enqueue(RequestTask(Request::get(server->url()).build(), ledger->handler(id),
                                     "Callback", {}, {.raise_error_responses = {}, .id = id}));
    }
  }
  REQUIRE(ledger->wait_for(ids.size()));
  CHECK(processor->wait_until_idle(patience));
  CHECK(ledger->check_exactly_once(ids) == "");
  CHECK(ledger->totals().given_back == 0);
  CHECK(processor.get(servers.back()->url()).body() == "ok");
}
