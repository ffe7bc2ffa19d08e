// Connections are kept and used again.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

TEST_CASE("one request after the other uses one connection") {
  NginxServer server;
  RunningProcessor processor;
  for (int i = 0; i < 50; ++i) REQUIRE(processor.get(server.url("/tiny")).body() == "ok");
  CHECK(server.accepted_connections() == 1);
}

TEST_CASE("bodies and error responses leave their connection usable") {
  DynamicServer server;
  RunningProcessor processor;
  REQUIRE(processor.post(server.url("/echo"), std::string(100'000, 'b')).status() == 200);
  REQUIRE(processor.get(server.url("/status/500")).status() == 500);
  REQUIRE(processor.post(server.url("/status/404"), "x").status() == 404);
  REQUIRE(processor.run(Request::head(server.url("/bytes/100")).build()).status() == 200);
  REQUIRE(processor.get(server.url("/status/204")).status() == 204);
  REQUIRE(processor.get(server.url("/redirect/3")).body() == "arrived");
  CHECK(server.connections() == 1);
}

TEST_CASE("a burst opens connections once, the next burst uses them") {
  DynamicServer server;
  RunningProcessor processor;
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 20; ++i) handlers.push_back(processor.begin_get(server.url("/hold")));
  REQUIRE(server.wait_for_requests(20));
  CHECK(server.connections() == 20);
  server.release();
  for (const auto& handler : handlers) REQUIRE(handler->outcome().body() == "held");
  handlers.clear();
  for (int i = 0; i < 20; ++i) handlers.push_back(processor.begin_get(server.url("/echo")));
  for (const auto& handler : handlers) REQUIRE(handler->outcome().status() == 200);
  CHECK(server.connections() == 20);
}

TEST_CASE("a connection is used again where its lane has filled with requests to another host") {
  NginxServer quiet;
  DynamicServer busy;
  RunningProcessor processor(test_configuration().set_lane_size(4));
  REQUIRE(processor.get(quiet.url("/tiny")).body() == "ok");
  std::vector<std::shared_ptr<RecordingHandler>> held;
  for (int i = 0; i < 4; ++i) held.push_back(processor.begin_get(busy.url("/hold")));
  REQUIRE(busy.wait_for_requests(4));
  for (int i = 0; i < 3; ++i) REQUIRE(processor.get(quiet.url("/tiny")).body() == "ok");
  CHECK(quiet.accepted_connections() == 1);
  busy.release();
  for (const auto& handler : held) REQUIRE(handler->outcome().body() == "held");
}

TEST_CASE("connections are not shared between origins") {
  NginxServer server;
  RunningProcessor processor;
  const std::string port = std::to_string(server.port());
  for (const std::string host : {"127.0.0.1", "localhost", "a.local.test", "127.0.0.1"}) {
    REQUIRE(processor.get("http://" + host + ":" + port + "/tiny").body() == "ok");
  }
  CHECK(server.accepted_connections() == 3);
}

TEST_CASE("connection_pool_size origins keep their connections, the least recently used goes") {
  ScriptedServer a({expect_request(), send(response(200, "a")), again()});
  ScriptedServer b({expect_request(), send(response(200, "b")), again()});
  ScriptedServer c({expect_request(), send(response(200, "c")), again()});
  RunningProcessor processor(test_configuration().set_connection_pool_size(2));
  REQUIRE(processor.get(a.url()).body() == "a");
  REQUIRE(processor.get(b.url()).body() == "b");
  REQUIRE(processor.get(a.url()).body() == "a");
  REQUIRE(processor.get(c.url()).body() == "c");
  CHECK(b.wait_for_peer_close(0));
  REQUIRE(processor.get(a.url()).body() == "a");
  REQUIRE(processor.get(c.url()).body() == "c");
  CHECK(a.connections() == 1);
  CHECK(c.connections() == 1);
  REQUIRE(processor.get(b.url()).body() == "b");
  CHECK(b.connections() == 2);
}

TEST_CASE("eviction does not wait for, nor end, a request in flight") {
  Gate gate;
  ScriptedServer slow({expect_request(), wait_for(gate), send(response(200, "slow"))});
  DynamicServer other;
  DynamicServer third;
  RunningProcessor processor(test_configuration().set_connection_pool_size(1));
  const auto held = processor.begin_get(slow.url());
  REQUIRE(slow.wait_for_requests(1));
  CHECK(processor.get(other.url("/status/200")).status() == 200);
  CHECK(processor.get(third.url("/status/200")).status() == 200);
  gate.open();
  CHECK(held->outcome().body() == "slow");
}

TEST_CASE("hard case 32: a connection that the server announces to close is not used again") {
  ScriptedServer server({expect_request(), send(response(200, "ok", "connection: close\r\n"))});
  server.on_connection(1,
                       {expect_request(), send("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok")});
  RunningProcessor processor;
  for (int i = 0; i < 3; ++i) REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.connections() == 3);
  CHECK(server.wait_for_peer_close(0));
  CHECK(server.wait_for_peer_close(1));
}

TEST_CASE(
    "hard case 96: a connection that the server closes while idle is closed here too, and not "
    "used") {
  Gate gate;
  ScriptedServer server({expect_request(), send(response(200, "ok"))});
  server.on_connection(0,
                       {expect_request(), send(response(200, "ok")), wait_for(gate), half_close()});
  RunningProcessor processor;
  REQUIRE(processor.get(server.url()).body() == "ok");
  gate.open();
  CHECK(server.wait_for_peer_close(0));  // no CLOSE_WAIT, although nothing is requested
  REQUIRE(processor.post(server.url(), "x").body() == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE(
    "hard case 97: a connection that the server closes right after the response is not used") {
  ScriptedServer server({expect_request(), send(response(200, "ok")), close()});
  RunningProcessor processor;
  for (int i = 0; i < 5; ++i) REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.connections() == 5);
}

TEST_CASE("stop closes the connections") {
  ScriptedServer server({expect_request(), send(response(200, "ok")), again()});
  RunningProcessor processor;
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK_FALSE(server.peer_closed(0));
  processor->stop(1s);
  CHECK(server.wait_for_peer_close(0));
}
