// Time limits: each ends what it is for, on time, and says so.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/descriptor.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/full_listener.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <functional>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* head = "HTTP/1.1 200 OK\r\n";
constexpr const char* head_of_many = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";

Configuration with(const RequestConfig& options) {
  return test_configuration().set_retries(0).set_request_config(options);
}

/// Whether `round`, which returns how long something took that is limited to `limit`, ends at most
/// 50 ms late. A busy machine may wake us late: one round in time shows that we can be.
bool is_punctual(Milliseconds limit, const std::function<Clock::duration()>& round) {
  constexpr int rounds = 5;
  for (int i = 0; i < rounds; ++i) {
    const Clock::duration taken = round();
    CHECK(taken >= limit);
    if (taken < limit + 50ms) return true;
  }
  return false;
}

/// Runs a GET that is to end in a time-out.
Clock::duration time_of_failure(RunningProcessor& processor, const std::string& url,
                                const std::string& summary, const std::string& message) {
  const auto start = Clock::now();
  const Outcome outcome = processor.get(url);
  const auto taken = Clock::now() - start;
  CHECK(outcome.summary() == summary);
  CHECK_THAT(outcome.error().message(), Catch::StartsWith(message));
  return taken;
}

}  // namespace

TEST_CASE("hard case 103: a server that never answers runs into the first-byte timeout") {
  ScriptedServer server({expect_request()});
  RunningProcessor processor(with(RequestConfig().set_first_byte_timeout(200ms)));
  CHECK(is_punctual(200ms, [&] {
    return time_of_failure(processor, server.url(), "timeout first_byte_timeout",
                           "no response 0.2");
  }));
  CHECK(server.wait_for_peer_close(0));
  CHECK(server.connections() == server.requests().size());
}

TEST_CASE("a response that has begun is no matter of the first-byte timeout any more") {
  ScriptedServer server(
      {expect_request(), send(head), send_slowly("content-length: 2\r\n", 20ms), send("\r\nok")});
  RunningProcessor processor(with(RequestConfig().set_first_byte_timeout(200ms)));
  CHECK(processor.get(server.url()).body() == "ok");
}

TEST_CASE("the first-byte timeout does not count while the body is sent") {
  DynamicServer server;
  RunningProcessor processor(
      with(RequestConfig().set_first_byte_timeout(300ms).set_max_upload_speed(200'000)));
  const auto start = Clock::now();
  CHECK(processor.post(server.url("/status/200"), std::string(300'000, 'u')).status() == 200);
  CHECK(Clock::now() - start > 600ms);
}

TEST_CASE("hard case 103: the first-byte timeout counts from the end of the body") {
  ScriptedServer server({expect_request()});
  RunningProcessor processor(with(RequestConfig().set_first_byte_timeout(200ms)));
  CHECK(processor.post(server.url(), std::string(300'000, 'u')).summary() ==
        "timeout first_byte_timeout");
  REQUIRE(server.wait_for_requests(1));
  CHECK(server.requests().at(0).body.size() == 300'000);
}

TEST_CASE("a server that stops to read runs into the idle timeout, not the first-byte timeout") {
  const Descriptor listener = listen_on_loopback();  // nobody accepts, nobody reads
  const std::string url = "http://127.0.0.1:" + std::to_string(local_port(listener)) + "/";
  const std::string body(32'000'000, 'u');
  RunningProcessor processor(
      with(RequestConfig().set_first_byte_timeout(50ms).set_idle_timeout(300ms)));
  const auto start = Clock::now();
  const Outcome outcome = processor.post(url, body);
  CHECK(outcome.summary() == "timeout idle_timeout");
  CHECK_THAT(outcome.error().message(),
             Catch::StartsWith("no byte of the request could be sent for 0.3"));
  CHECK(Clock::now() - start < 5s);
}

TEST_CASE("hard case 102: a body or a header block that stops runs into the idle timeout") {
  const Script scripts[] = {
      {expect_request(), send(head_of_many), send("some")},
      {expect_request(), send(head_of_many)},
      {expect_request(), send(head), send("x-half: ")},
      {expect_request(), send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab")}};
  for (const Script& script : scripts) {
    ScriptedServer server(script);
    RunningProcessor processor(with(RequestConfig().set_idle_timeout(200ms)));
    CHECK(is_punctual(200ms, [&] {
      return time_of_failure(processor, server.url(), "timeout idle_timeout",
                             "no byte of the response came for 0.2");
    }));
    CHECK(server.wait_for_peer_close(0));  // hard case 112
  }
}

TEST_CASE("a body that keeps coming is not idle, however slow it is") {
  ScriptedServer server({expect_request(), send(head), send("content-length: 40\r\n\r\n"),
                         send_slowly(std::string(40, 'd'), 20ms), again()});
  RunningProcessor processor(with(RequestConfig().set_idle_timeout(300ms)));
  CHECK(processor.get(server.url()).body() == std::string(40, 'd'));
}

TEST_CASE("a compressed body is not idle while it comes, even if nothing can be decoded yet") {
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::to_string(i * 7919) + " and ";
  const std::string body = gzip(text);
  ScriptedServer server({expect_request(), send(head),
                         send("content-encoding: gzip\r\ncontent-length: " +
                              std::to_string(body.size()) + "\r\n\r\n"),
                         send_slowly(body, 8ms)});
  RunningProcessor processor(with(RequestConfig().set_idle_timeout(300ms)));
  CHECK(processor.get(server.url()).body() == text);
}

TEST_CASE("the idle timeout leaves a server that thinks alone") {
  ScriptedServer server(
      {expect_request(), send_slowly(head, 20ms), send("content-length: 0\r\n\r\n")});
  RunningProcessor processor(with(RequestConfig().set_idle_timeout(150ms)));
  CHECK(processor.get(server.url()).status() == 200);
}

TEST_CASE("hard case 102: nothing that drips in extends the attempt timeout") {
  ScriptedServer server(
      {expect_request(), send(head_of_many), send_slowly(std::string(5000, 'd'), 5ms)});
  RunningProcessor processor(
      with(RequestConfig().set_attempt_timeout(300ms).set_idle_timeout(100ms)));
  CHECK(is_punctual(300ms, [&] {
    return time_of_failure(processor, server.url(), "timeout attempt_timeout",
                           "attempt timed out after 0.3");
  }));
}

TEST_CASE("the attempt timeout is for one URL, the timeout for the chain of redirects") {
  ScriptedServer server({expect_request(), send_slowly("HTTP/1.1 200 OK\r\n", 15ms),
                         send("content-length: 2\r\n\r\nok")});
  for (std::size_t i = 0; i < 2; ++i) {
    server.on_connection(i, {expect_request(), send_slowly("HTTP/1.1 302 Go\r\n", 15ms),
                             send("connection: close\r\ncontent-length: 0\r\nlocation: /" +
                                  std::to_string(i) + "\r\n\r\n"),
                             close()});
  }
  RunningProcessor processor(with(RequestConfig().set_attempt_timeout(600ms)));
  const auto start = Clock::now();
  CHECK(processor.get(server.url()).body() == "ok");
  CHECK(Clock::now() - start > 600ms);
}

TEST_CASE("hard case 99: a host that does not answer runs into the connect timeout, on time") {
  const FullListener listener;
  RunningProcessor processor(with(RequestConfig().set_connect_timeout(200ms)));
  CHECK(is_punctual(200ms, [&] {
    return time_of_failure(processor, listener.url(), "timeout connect_timeout",
                           "connection timed out after 0.2");
  }));
}

TEST_CASE("hard case 105: time limits are met while a name is looked up") {
  const SlowResolver resolver;
  RunningProcessor connecting(with(RequestConfig().set_connect_timeout(200ms)));
  CHECK(is_punctual(200ms, [&] {
    return time_of_failure(connecting, "http://a.slow.test/", "timeout connect_timeout",
                           "connection timed out after 0.2");
  }));
  RunningProcessor attempting(with(RequestConfig().set_attempt_timeout(200ms)));
  CHECK(is_punctual(200ms, [&] {
    return time_of_failure(attempting, "http://b.slow.test/", "timeout attempt_timeout",
                           "attempt timed out after 0.2");
  }));
}

TEST_CASE("hard case 105: a name that hangs does not make the limits of others late") {
  const SlowResolver resolver;
  ScriptedServer server({expect_request()});
  RunningProcessor processor(with(RequestConfig().set_first_byte_timeout(200ms)));
  const auto slow = processor.begin_get("http://c.slow.test/");
  REQUIRE(resolver.wait_for_blocked(1));
  CHECK(is_punctual(200ms, [&] {
    return time_of_failure(processor, server.url(), "timeout first_byte_timeout",
                           "no response 0.2");
  }));
}

TEST_CASE("hard case 101: after each time limit a late response answers nobody") {
  const RequestConfig limits[] = {RequestConfig().set_first_byte_timeout(100ms),
                                  RequestConfig().set_attempt_timeout(100ms),
                                  RequestConfig().set_idle_timeout(100ms)};
  for (const RequestConfig& limit : limits) {
    Gate gate;
    const bool has_begun = limit.idle_timeout().has_value();
    ScriptedServer server({expect_request(), send(response(200, "good")), again()});
    server.on_connection(
        0, {expect_request(), send(response(200, "good")), expect_request(),
            send(has_begun ? head : ""), wait_for(gate), send(response(200, "late"))});
    RunningProcessor processor(test_configuration().set_retries(0));
    REQUIRE(processor.get(server.url()).body() == "good");
    CHECK(processor.run(Request::get(server.url()).config(limit).build()).error_type() ==
          ErrorType::timeout);
    gate.open();
    for (int i = 0; i < 3; ++i) CHECK(processor.get(server.url()).body() == "good");
    CHECK(server.wait_for_peer_close(0));
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a request can switch off what its client limits") {
  ScriptedServer server(
      {expect_request(), send_slowly(head, 20ms), send_slowly("content-length: 0\r\n\r\n", 20ms)});
  RunningProcessor processor(with(
      RequestConfig().set_first_byte_timeout(100ms).set_attempt_timeout(100ms).set_idle_timeout(
          10ms)));
  const RequestConfig off =
      RequestConfig().set_first_byte_timeout(0ms).set_attempt_timeout(0ms).set_idle_timeout(0ms);
  CHECK(processor.run(Request::get(server.url()).config(off).build()).status() == 200);
  CHECK(processor.get(server.url()).error_type() == ErrorType::timeout);
}

TEST_CASE("time limits of one HTTP/2 stream leave the others and their connection alone") {
  const Certificates certificates;
  DynamicServer origin;
  const std::string at_origin = "http://127.0.0.1:" + std::to_string(origin.port());
  NginxServer server({.identity = certificates.good(),
                      .locations = "location /hold { proxy_pass " + at_origin + "; }"});
  RunningProcessor processor(
      test_configuration().set_retries(0).set_ca_file(certificates.ca_file()));
  const auto held = processor.begin_get(server.tls_url("/hold"));
  REQUIRE(origin.wait_for_requests(1));
  const RequestConfig limit = RequestConfig().set_first_byte_timeout(200ms).set_idle_timeout(200ms);
  for (int i = 0; i < 3; ++i) {
    CHECK(processor.run(Request::get(server.tls_url("/hold")).config(limit).build()).summary() ==
          "timeout first_byte_timeout");
  }
  origin.release();
  CHECK(held->outcome().body() == "held");
  CHECK(processor.get(server.tls_url("/tiny")).body() == "ok");
  CHECK(server.accepted_connections() == 1);
}
