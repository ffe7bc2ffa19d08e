// Group E of HARD-CASES.md: the life of a connection. More of them: reuse_test, timeouts_test,
// retry_test, misbehaviour_test, connections_test.
#include "support/connect_failure.hpp"
#include "support/hard_case.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cerrno>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string ok_line = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST_CASE("hard case 108: a lookup without memory fails alone, the next one works") {
  // A thread that cannot be made is told by libcurl's words: failure_description_test.
  ScriptedServer server({expect_request(), send(response(200, "good")), again()});
  RunningProcessor processor(without_retries());
  CHECK(processor.get("http://a.memory.test/").summary() == "connection name_resolution");
  const std::string port = std::to_string(server.port());
  CHECK(processor.get("http://a.local.test:" + port + "/").body() == "good");
}

TEST_CASE("hard case 109: without a free local port the attempt fails, and may be repeated") {
  ScriptedServer server({expect_request(), send(response(200, "good")), again()});
  {
    RunningProcessor processor(without_retries());
    const ConnectFailure failure({.error = EADDRNOTAVAIL, .count = 1});
    const Outcome outcome = processor.get(server.url());
    REQUIRE(failure.left() == 0);
    CHECK(outcome.summary() == "connection connection_refused");
    CHECK(processor.get(server.url()).body() == "good");
  }
  RunningProcessor processor(test_configuration().set_retries(1));
  const ConnectFailure failure({.error = EADDRNOTAVAIL, .count = 1});
  CHECK(processor.post(server.url(), "x").body() == "good");  // nothing was sent the first time
  CHECK(failure.left() == 0);
  CHECK(server.requests().size() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("hard case 111: a connection whose peer is silently gone costs no more than its limit") {
  // What a NAT does that forgets a connection: nothing comes, no end either. While it is idle TCP
  // probes it (connections_test); there is no TCP_USER_TIMEOUT, for with a request on it a limit of
  // ours ends it sooner, whichever is set.
  const RequestConfig limits[] = {
      RequestConfig().set_first_byte_timeout(Milliseconds(100)),
      RequestConfig().set_attempt_timeout(Milliseconds(100)),
      RequestConfig().set_low_speed_limit(1).set_low_speed_time(Milliseconds(1000)),
      RequestConfig().set_timeout(Milliseconds(1000))};
  for (const RequestConfig& limit : limits) {
    ScriptedServer server({expect_request(), send(response(200, "fresh")), again()});
    server.on_connection(0, {expect_request(), send(response(200, "first"))});
    RunningProcessor processor(without_retries());
    REQUIRE(processor.get(server.url()).body() == "first");
    const auto start = Clock::now();
    CHECK(processor.run(Request::get(server.url()).config(limit).build()).error_type() ==
          ErrorType::timeout);
    CHECK(Clock::now() - start < 5s);
    CHECK(server.connections() == 1);  // that it was sent on the connection that is gone
    CHECK(processor.get(server.url()).body() == "fresh");
    CHECK(server.wait_for_peer_close(0));
  }
}

TEST_CASE("hard case 112: a connection on which something went wrong is closed, not pooled") {
  struct Row {
    const char* title;
    Milliseconds timeout;
    std::string bytes;
    const char* summary;
  };
  constexpr Milliseconds soon(100);
  constexpr Milliseconds late(15'000);
  const Row rows[] = {
      {"nothing came in time", soon, "", "timeout request_timeout"},
      {"half of the headers came in time", soon, ok_line + "content-le", "timeout request_timeout"},
      {"half of the body came in time", soon, ok_line + "content-length: 4\r\n\r\nab",
       "timeout request_timeout"},
      {"a malformed header", late, ok_line + "x : 1\r\ncontent-length: 2\r\n\r\nok",
       "unknown protocol_violation"},
      {"a body that is too large", late, ok_line + "content-length: 9999999\r\n\r\n",
       "response_too_large body_too_large"},
      {"a body that cannot be decoded", late, response(200, "text", "content-encoding: gzip\r\n"),
       "unknown content_decoding"}};
  for (const Row& row : rows) {
    INFO(row.title);
    ScriptedServer server({expect_request(), send(response(200, "good")), again()});
    server.on_connection(0, {expect_request(), send(response(200, "first")), expect_request(),
                             send(row.bytes), expect_request(), send(response(200, "pooled"))});
    RunningProcessor processor(without_retries());
    REQUIRE(processor.get(server.url()).body() == "first");
    CHECK(processor.run(Request::get(server.url()).timeout(row.timeout).build()).summary() ==
          row.summary);
    CHECK(server.wait_for_peer_close(0));
    CHECK(processor.get(server.url()).body() == "good");
    CHECK(server.connections() == 2);
    CHECK(server.requests().size() == 3);
  }
}
