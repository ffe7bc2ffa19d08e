// What requests are said to have cost.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Microseconds = Metrics::Microseconds;

constexpr Microseconds zero{0};

/// How long a server of these tests keeps its client waiting: the thing measured.
constexpr auto held_back = 30ms;

/// Opens a gate `held_back` after a server has got so many requests.
class LateOpener {
 public:
  LateOpener(Gate& gate, const ScriptedServer& server, std::size_t requests)
      : thread_([&gate, &server, requests] {
          static_cast<void>(server.wait_for_requests(requests));
          static_cast<void>(Gate().wait(held_back));
          gate.open();
        }) {}
  ~LateOpener() { thread_.join(); }
  LateOpener(const LateOpener&) = delete;
  LateOpener& operator=(const LateOpener&) = delete;

 private:
  std::thread thread_;
};

/// The parts never count anything twice.
void check_sum(const Metrics& metrics) {
  CHECK(metrics.queue + metrics.dns + metrics.connect + metrics.tls + metrics.first_byte +
            metrics.transfer <=
        metrics.total);
  CHECK(metrics.redirect <= metrics.total);
}

}  // namespace

TEST_CASE("a response tells the bytes both ways, the protocol and that one attempt was made") {
  DynamicServer server;
  RunningProcessor processor;
  const Outcome outcome = processor.post(server.url("/echo"), std::string(100'000, 'x'));
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.bytes_sent == 100'000);
  CHECK(metrics.bytes_received == static_cast<std::int64_t>(outcome.body().size()));
  CHECK(metrics.protocol == ProtocolVersion::http1_1);
  CHECK(metrics.attempts == 1);
  CHECK(metrics.redirect == zero);
  CHECK(metrics.connect > zero);
  CHECK(metrics.tls == zero);
  CHECK(metrics.first_byte > zero);
  CHECK(metrics.total > zero);
  check_sum(metrics);
}

TEST_CASE("bytes received are those on the wire, not the decoded ones") {
  DynamicServer server;
  RunningProcessor processor;
  const Outcome outcome = processor.get(server.url("/gzip"));
  REQUIRE(outcome.body().size() == 5000);
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.bytes_received > 0);
  CHECK(metrics.bytes_received < 200);
}

TEST_CASE("the addresses of a connection are those that the server sees") {
  NginxServer server({.locations = "location = /ends { return 200 \"$remote_addr $remote_port "
                                   "$server_addr $server_port\"; }"});
  RunningProcessor processor;
  for (int i = 0; i < 2; ++i) {  // a new connection, and one used before
    const Outcome outcome = processor.get(server.url("/ends"));
    const Metrics& metrics = outcome.response().metrics();
    CHECK(outcome.body() ==
          metrics.local_address.ip + " " + std::to_string(metrics.local_address.port) + " " +
              metrics.remote_address.ip + " " + std::to_string(metrics.remote_address.port));
  }
}

TEST_CASE("a connection used before costs no look-up, no connecting and no handshake") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const Outcome first_outcome = processor.get(server.tls_url("/tiny"));
  const Metrics first = first_outcome.response().metrics();
  CHECK_FALSE(first.is_connection_reused);
  CHECK(first.dns > zero);
  CHECK(first.connect > zero);
  CHECK(first.tls > zero);
  CHECK(first.protocol == ProtocolVersion::http2);
  check_sum(first);

  const Outcome second_outcome = processor.get(server.tls_url("/tiny"));
  const Metrics second = second_outcome.response().metrics();
  CHECK(second.is_connection_reused);
  CHECK(second.dns == zero);
  CHECK(second.connect == zero);
  CHECK(second.tls == zero);
  CHECK(second.first_byte > zero);
  CHECK(second.local_address == first.local_address);
  CHECK(second.protocol == ProtocolVersion::http2);
  check_sum(second);
}

TEST_CASE("HTTP/1.0 is told from HTTP/1.1") {
  ScriptedServer server({expect_request(), send("HTTP/1.0 200 OK\r\n\r\nok"), close()});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).response().metrics().protocol == ProtocolVersion::http1_0);
}

TEST_CASE("a slow name, and nothing else, counts as look-up") {
  ScriptedServer server(ok_each_time());
  SlowResolver resolver;
  RunningProcessor processor;
  const auto handler = processor.begin_get("http://a.slow.test:" + std::to_string(server.port()));
  REQUIRE(resolver.wait_for_blocked(1));
  static_cast<void>(Gate().wait(held_back));
  resolver.open();
  const Outcome outcome = handler->outcome();
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.dns >= held_back);
  check_sum(metrics);
}

TEST_CASE("a server's pause before its answer counts as time to the first byte") {
  Gate gate;
  ScriptedServer server({expect_request(), wait_for(gate), send(response(200, "ok"))});
  RunningProcessor processor;
  const LateOpener opener(gate, server, 1);
  const Outcome outcome = processor.get(server.url());
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.first_byte >= held_back);
  check_sum(metrics);
}

TEST_CASE("a server's pause within its answer counts as transfer") {
  Gate gate;
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nslow"),
                         wait_for(gate), send(" ok")});
  const Client client(test_configuration());
  StreamingResponse response = client.send(Request::get(server.url()).build()).get();
  static_cast<void>(Gate().wait(held_back));  // the first byte is surely there
  gate.open();
  CHECK(response.body().text() == "slow ok");
  CHECK(response.metrics().transfer >= held_back);
  check_sum(response.metrics());
}

TEST_CASE("an error after garbage tells the connection, and that nothing was understood") {
  ScriptedServer server({expect_request(), send("garbage\r\n\r\n"), close()});
  RunningProcessor processor(test_configuration().set_retries(0));
  const Outcome outcome = processor.post(server.url(), "12345");
  const Metrics& metrics = outcome.error().metrics();
  CHECK(metrics.remote_address == SocketAddress{.ip = "127.0.0.1", .port = server.port()});
  CHECK(metrics.local_address.ip == "127.0.0.1");
  CHECK(metrics.bytes_sent == 5);
  CHECK(metrics.protocol == ProtocolVersion::none);
  CHECK(metrics.attempts == 1);
  CHECK_FALSE(metrics.is_connection_reused);
  CHECK(metrics.total > zero);
  check_sum(metrics);
}

TEST_CASE("a time-out tells what had come until then") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")});
  RunningProcessor processor(test_configuration().set_request_timeout(200ms).set_retries(0));
  const Outcome outcome = processor.get(server.url());
  const Metrics& metrics = outcome.error().metrics();
  CHECK(metrics.bytes_received == 4);
  CHECK(metrics.protocol == ProtocolVersion::http1_1);
  CHECK(metrics.total >= 200ms);
  check_sum(metrics);
}

TEST_CASE("a connection that is refused costs no bytes and no first byte") {
  const std::string url = [] { return ScriptedServer().url(); }();
  RunningProcessor processor(test_configuration().set_retries(2));
  const Outcome outcome = processor.get(url);
  const Metrics& metrics = outcome.error().metrics();
  CHECK(metrics.attempts == 3);
  CHECK(metrics.first_byte == zero);
  CHECK(metrics.transfer == zero);
  CHECK(metrics.bytes_received == 0);
  CHECK_FALSE(metrics.is_connection_reused);
  CHECK(metrics.total > zero);
}

TEST_CASE("attempts count retries and redirects, total covers them all") {
  Gate gate;
  ScriptedServer server(ok_each_time());
  server.on_connection(0, {expect_request(), wait_for(gate), close()});
  server.on_connection(1, {expect_request(), send(response(302, "", "location: /next\r\n")),
                           expect_request(), send(response(200, "arrived"))});
  RunningProcessor processor(test_configuration().set_retries(1));
  const LateOpener opener(gate, server, 1);
  const Outcome outcome = processor.get(server.url());
  REQUIRE(outcome.body() == "arrived");
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.attempts == 3);
  CHECK(metrics.redirect >= held_back);
  CHECK(metrics.first_byte > zero);
  CHECK(metrics.is_connection_reused);
  CHECK(metrics.bytes_received == 7);
  CHECK(metrics.redirect + metrics.first_byte + metrics.transfer <= metrics.total);
}

TEST_CASE("an error for too many redirects tells the attempts") {
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_max_redirects(3));
  const Outcome outcome = processor.get(server.url("/redirect/9"));
  CHECK(outcome.redirect_error().metrics().attempts == 4);
  CHECK(outcome.error().metrics().remote_address.port == server.port());
}

TEST_CASE("an error for a status has the metrics of its response") {
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_raise_error_responses(true).set_retries(0));
  const Outcome outcome = processor.get(server.url("/status/404"));
  const HttpError& error = outcome.http_error();
  CHECK(error.metrics().attempts == 1);
  CHECK(error.metrics().local_address == error.response().metrics().local_address);
  CHECK(error.metrics().total == error.response().metrics().total);
  CHECK(error.metrics().remote_address.port == server.port());
}

TEST_CASE("time in the queue of a host counts as such, and its request is fast all the same") {
  DynamicServer server;
  Configuration configuration = test_configuration();
  ClientConfig client = configuration.client_config();
  configuration.set_client_config(client.set_max_in_flight_per_host(1));
  RunningProcessor processor(configuration);
  const auto first = processor.begin_get(server.url("/hold"));
  REQUIRE(server.wait_for_requests(1));
  const auto second = processor.begin_get(server.url("/bytes/3"));
  static_cast<void>(Gate().wait(held_back));
  server.release();
  CHECK(first->outcome().response().metrics().queue < held_back);
  const Outcome outcome = second->outcome();
  const Metrics& metrics = outcome.response().metrics();
  CHECK(metrics.queue >= held_back);
  CHECK(metrics.is_connection_reused);
  check_sum(metrics);
}
