// max_in_flight_per_host and max_connections_per_host.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Handlers = std::vector<std::shared_ptr<RecordingHandler>>;

Configuration limited(const ClientConfig& limits) {
  Configuration configuration = test_configuration();
  ClientConfig client = limits;
  client.set_selector(configuration.selector());
  return configuration.set_client_config(client).set_max_connections(5000);
}

Configuration in_flight(int count) {
  return limited(ClientConfig().set_max_in_flight_per_host(count));
}

void raise_to(std::atomic<int>& maximum, int value) {
  int seen = maximum.load();
  while (seen < value && !maximum.compare_exchange_weak(seen, value)) {
  }
}

/// Sockets of this process that are connected to a port. Its servers are in it as well, but their
/// ends have that port as their own.
int connections_to(std::uint16_t port) {
  constexpr int descriptors_max = 1024;
  int count = 0;
  for (int fd = 0; fd < descriptors_max; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) ++count;
  }
  return count;
}

/// A server that counts how many requests and connections it has at a time. /work answers when the
/// test opens the gate, /quick at once.
class CountingServer {
 public:
  CountingServer() {
    server_.route("/work", [this](const ReceivedRequest&) { return answer(true); });
    server_.route("/quick", [this](const ReceivedRequest&) { return answer(false); });
  }
  ~CountingServer() { gate_.open(); }
  CountingServer(const CountingServer&) = delete;
  CountingServer& operator=(const CountingServer&) = delete;

  void release() { gate_.open(); }
  [[nodiscard]] DynamicServer& operator*() noexcept { return server_; }
  [[nodiscard]] DynamicServer* operator->() noexcept { return &server_; }
  [[nodiscard]] int in_flight_max() const noexcept { return in_flight_max_; }
  [[nodiscard]] int connections_max() const noexcept { return connections_max_; }

 private:
  Reply answer(bool waits) {
    raise_to(in_flight_max_, ++in_flight_);
    raise_to(connections_max_, connections_to(server_.port()));
    if (waits) static_cast<void>(gate_.wait());
    --in_flight_;
    return {.status = 200, .headers = {}, .body = "done"};
  }

  Gate gate_;
  std::atomic<int> in_flight_ = 0;
  std::atomic<int> in_flight_max_ = 0;
  std::atomic<int> connections_max_ = 0;
  DynamicServer server_;  // last: ends before what its routes use
};

void check_done(const Handlers& handlers) {
  std::size_t done = 0;
  for (const auto& handler : handlers) done += handler->outcome().summary() == "response 200";
  CHECK(done == handlers.size());
}

Handlers begin_many(RunningProcessor& processor, const std::string& url, int count) {
  Handlers handlers;
  for (int i = 0; i < count; ++i) handlers.push_back(processor.begin_get(url));
  return handlers;
}

}  // namespace

TEST_CASE("a stalled host gets no more requests than its limit, and holds up no other host") {
  CountingServer stalled;
  CountingServer other;
  RunningProcessor processor(in_flight(4));
  const Handlers slow = begin_many(processor, stalled->url("/work"), 1000);
  check_done(begin_many(processor, other->url("/quick"), 100));
  REQUIRE(stalled->wait_for_requests(4));
  CHECK(stalled->requests().size() == 4);
  stalled.release();
  check_done(slow);
  CHECK(stalled->requests().size() == 1000);
  CHECK(stalled.in_flight_max() <= 4);
  CHECK(stalled->connections() <= 4);
  CHECK(other.in_flight_max() <= 4);
}

TEST_CASE("requests of a limited host go out in the order in which they came") {
  DynamicServer server;
  RunningProcessor processor(in_flight(1));
  Handlers handlers{processor.begin_get(server.url("/hold"))};
  REQUIRE(server.wait_for_requests(1));
  for (int i = 0; i < 50; ++i)
    handlers.push_back(processor.begin_get(server.url("/bytes/1?n=" + std::to_string(i))));
  server.release();
  check_done(handlers);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 51);
  for (int i = 0; i < 50; ++i)
    CHECK(requests[static_cast<std::size_t>(i) + 1].target == "/bytes/1?n=" + std::to_string(i));
}

TEST_CASE("the whole task's time runs while it waits, that of the attempt does not") {
  DynamicServer server;
  RunningProcessor processor(in_flight(1));
  const auto first = processor.begin_get(server.url("/hold"));
  REQUIRE(server.wait_for_requests(1));
  const auto patient = processor.begin(
      Request::get(server.url("/bytes/1"))
          .config(RequestConfig().set_attempt_timeout(2s).set_first_byte_timeout(2s))
          .build());
  Handlers hasty;
  for (int i = 0; i < 20; ++i) {
    hasty.push_back(
        processor.begin(Request::get(server.url("/bytes/1")).timeout(50ms + i * 1ms).build()));
  }
  for (const auto& handler : hasty) {
    const Outcome outcome = handler->outcome();
    CHECK(outcome.summary() == "timeout request_timeout");
    CHECK(outcome.error().metrics().attempts == 0);
    CHECK(outcome.error().metrics().queue == outcome.error().metrics().total);
    CHECK(outcome.error().metrics().total >= 50ms);
  }
  CHECK(server.requests().size() == 1);
  server.release();
  CHECK(first->outcome().body() == "held");
  CHECK(patient->outcome().summary() == "response 200");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("an attempt's limit frees the slot for the next") {
  DynamicServer server;
  RunningProcessor processor(in_flight(1).set_retries(0));
  const auto attempt = [&] {
    return processor.begin(Request::get(server.url("/hold"))
                               .config(RequestConfig().set_attempt_timeout(40ms))
                               .build());
  };
  Handlers handlers;
  for (int i = 0; i < 5; ++i) handlers.push_back(attempt());
  for (const auto& handler : handlers)
    CHECK(handler->outcome().summary() == "timeout attempt_timeout");
  CHECK(server.requests().size() == 5);
}

TEST_CASE("what waits is given back once when the processor stops") {
  DynamicServer server;
  const auto handler = std::make_shared<RecordingHandler>();
  {
    RunningProcessor processor(in_flight(2));
    for (int i = 0; i < 100; ++i) {
      processor->enqueue(
          RequestTask(Request::get(server.url("/hold")).build(), handler, "TestCallback"));
    }
    REQUIRE(server.wait_for_requests(2));
    processor->stop(0ms);
  }
  CHECK(handler->retry_count() == 100);
  CHECK(handler->outcomes().size() == 100);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("redirects to a limited host and its retries wait their turn as well") {
  CountingServer target;
  DynamicServer entry;
  entry.route("/away", [&](const ReceivedRequest&) {
    return Reply{.status = 302, .headers = {{"location", target->url("/work")}}, .body = ""};
  });
  std::atomic<int> refusals = 0;
  target->route("/busy", [&](const ReceivedRequest&) {
    return Reply{.status = ++refusals <= 5 ? 503 : 200, .headers = {}, .body = ""};
  });
  RunningProcessor processor(in_flight(1).set_request_config(
      RequestConfig().set_retries(5).set_retry_delay(1ms).set_retry_statuses({503})));
  Handlers handlers = begin_many(processor, entry.url("/away"), 10);
  REQUIRE(target->wait_for_requests(1));
  REQUIRE(
      entry.wait_for_requests(10));  // those that wait for the target do not hold this host's slot
  for (int i = 0; i < 5; ++i) handlers.push_back(processor.begin_get(target->url("/busy")));
  target.release();
  check_done(handlers);
  CHECK(target.in_flight_max() == 1);
  CHECK(target->connections() == 1);
}

TEST_CASE("a request that is made again on a connection of its own keeps its one slot") {
  ScriptedServer server({expect_request(), send(response(200, "ok")), again()});
  RunningProcessor processor(in_flight(1).set_retries(0));
  const std::string url = "http://a.local.test:" + std::to_string(server.port()) + "/";
  // The idle connection leads to an address that the second may not talk to: it is made again.
  const Request guarded =
      Request::get(url).config(RequestConfig().set_deny_private_addresses(true)).build();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(processor.get(url).body() == "ok");
    CHECK(processor.run(guarded).summary() == "unknown forbidden_address");
  }
  CHECK(processor.get(url).body() == "ok");
}

TEST_CASE("many requests that fail at once leave no slot behind, and do not overflow the stack") {
  RunningProcessor processor(in_flight(1).set_retries(0));
  const Request impossible = Request::get("http://127.0.0.1:1/")
                                 .config(RequestConfig().set_deny_private_addresses(true))
                                 .build();
  Handlers handlers;
  for (int i = 0; i < 4000; ++i) handlers.push_back(processor.begin(impossible));
  std::size_t refused = 0;
  for (const auto& handler : handlers)
    refused += handler->outcome().summary() == "unknown forbidden_address";
  CHECK(refused == 4000);
}

TEST_CASE(
    "a request that fails as it goes out frees its slot for the next, and nothing else stirs") {
  const TempDirectory directory;
  RunningProcessor processor(in_flight(1).set_retries(0));
  const Request nowhere = Request::get("http://h/")
                              .config(RequestConfig().set_unix_socket(directory.path() / "missing"))
                              .build();
  Handlers handlers;
  for (int i = 0; i < 100; ++i) handlers.push_back(processor.begin(nowhere));
  for (const auto& handler : handlers)
    CHECK(handler->outcome().summary() == "connection connection_refused");
}

TEST_CASE("a host never has more connections than its limit, with one agent or several") {
  const int agents = GENERATE(1, 3);
  CountingServer server;
  RunningProcessor processor(
      limited(ClientConfig().set_max_connections_per_host(3).set_agents(agents).set_lane_size(2)));
  const Handlers handlers = begin_many(processor, server->url("/work"), 300);
  REQUIRE(server->wait_for_requests(3));
  server.release();
  check_done(handlers);
  CHECK(server->connections() == 3);
  CHECK(server.in_flight_max() <= 3);
  CHECK(server.connections_max() == 3);
}

TEST_CASE("connections that are closed, or may not be used again, count until they are gone") {
  const RequestConfig config = GENERATE(RequestConfig(RequestConfig().set_no_reuse(true)),
                                        RequestConfig(RequestConfig().set_fresh_connection(true)));
  CountingServer server;
  RunningProcessor processor(limited(ClientConfig().set_max_connections_per_host(2)));
  Handlers handlers;
  for (int i = 0; i < 100; ++i)
    handlers.push_back(processor.begin(Request::get(server->url("/quick")).config(config).build()));
  check_done(handlers);
  CHECK(server->connections() == 100);
  CHECK(server.connections_max() <= 2);
}

TEST_CASE("each host has its own connections, however many hosts there are") {
  std::vector<std::unique_ptr<CountingServer>> servers;
  for (int i = 0; i < 8; ++i) servers.push_back(std::make_unique<CountingServer>());
  RunningProcessor processor(limited(ClientConfig().set_max_connections_per_host(1)));
  Handlers stalled;
  for (std::size_t i = 0; i < 4; ++i) {
    for (const auto& handler : begin_many(processor, (*servers[i])->url("/work"), 20))
      stalled.push_back(handler);
  }
  for (std::size_t i = 4; i < 8; ++i)
    check_done(begin_many(processor, (*servers[i])->url("/quick"), 20));
  for (const auto& server : servers) server->release();
  check_done(stalled);
  for (const auto& server : servers) CHECK((*server)->connections() == 1);
}

TEST_CASE("HTTP/2 carries many requests over the connections that a host may have") {
  const Certificates certificates;
  DynamicServer upstream;
  NginxServer server({.identity = certificates.good(),
                      .locations = "location /hold { proxy_pass " + upstream.url("/hold") + "; }"});
  RunningProcessor processor(
      limited(ClientConfig().set_max_connections_per_host(1)).set_ca_file(certificates.ca_file()));
  const Handlers handlers = begin_many(processor, server.tls_url("/hold"), 80);
  CHECK(upstream.wait_for_requests(80));  // none was answered yet
  upstream.release();
  check_done(handlers);
  CHECK(server.accepted_connections() == 1);
}

TEST_CASE("a server that allows few streams gets all requests, over the connections it may have") {
  const Certificates certificates;
  DynamicServer upstream;
  std::atomic<int> port = 0;
  std::atomic<int> connections_max = 0;
  upstream.route("/count", [&](const ReceivedRequest&) {
    raise_to(connections_max, connections_to(static_cast<std::uint16_t>(port)));
    return Reply{.status = 200, .headers = {}, .body = "ok"};
  });
  NginxServer server(
      {.http2_max_concurrent_streams = 3,
       .identity = certificates.good(),
       .locations = "location /count { proxy_pass " + upstream.url("/count") + "; }"});
  port = server.tls_port();
  // nginx refuses what comes before the client knows how many streams it allows.
  ClientConfig limits;
  limits.set_max_connections_per_host(2).set_retry_budget(1000);
  RunningProcessor processor(limited(limits).set_retries(10).set_ca_file(certificates.ca_file()));
  check_done(begin_many(processor, server.tls_url("/count"), 300));
  CHECK(connections_max > 0);
  CHECK(connections_max <= 2);
}

TEST_CASE("what libcurl itself keeps waiting for a stream ends in time") {
  const Certificates certificates;
  DynamicServer upstream;
  NginxServer server({.http2_max_concurrent_streams = 1,
                      .identity = certificates.good(),
                      .locations = "location /hold { proxy_pass " + upstream.url("/hold") + "; }"});
  RunningProcessor processor(
      limited(ClientConfig().set_max_connections_per_host(1)).set_ca_file(certificates.ca_file()));
  REQUIRE(processor.get(server.tls_url("/tiny")).body() == "ok");
  const auto held = processor.begin_get(server.tls_url("/hold"));
  REQUIRE(upstream.wait_for_requests(1));
  const Request hasty = Request::get(server.tls_url("/tiny")).timeout(100ms).build();
  const auto patient = processor.begin_get(server.tls_url("/tiny"));
  const Outcome outcome = processor.run(hasty);
  CHECK(outcome.summary() == "timeout request_timeout");
  upstream.release();
  CHECK(held->outcome().body() == "held");
  CHECK(patient->outcome().body() == "ok");
}
