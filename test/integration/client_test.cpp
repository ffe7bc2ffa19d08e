// What a client does with a request: its doors and its options.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/echo.hpp"
#include "support/eventually.hpp"
#include "support/recording_logger.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/task.hpp"
#include "support/thrown_outcome.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

// --- The doors ---

TEST_CASE("the one-liners of a client send what they say and wait for the whole response") {
  DynamicServer server;
  const Client client(without_retries());
  const auto method = [](const Response& response) {
    return response.json()["method"].as_string();
  };
  CHECK(method(client.get(server.url("/echo"))) == "GET");
  CHECK(method(client.delete_(server.url("/echo"))) == "DELETE");
  CHECK(client.head(server.url("/bytes/10")).status() == 200);
  CHECK_FALSE(client.head(server.url("/bytes/10")).has_body());
  const Response posted = client.post(server.url("/echo"), "a body", "text/x-test");
  CHECK(method(posted) == "POST");
  CHECK(posted.json()["body"].as_string() == "a body");
  CHECK(echoed(posted, "content-type") == "[text/x-test]");
  const Response put = client.put(server.url("/echo"), "a body");
  CHECK(method(put) == "PUT");
  CHECK(echoed(put, "content-type") == "[application/octet-stream]");
  const Response redirected = client.get(server.url("/redirect/2"));
  CHECK(redirected.body() == "arrived");
  CHECK(redirected.redirects().size() == 2);
  CHECK(redirected.url() == server.url("/redirect/0"));
  CHECK(client.total_count() == 0);
}

TEST_CASE("a function of the library's own namespace gets a URL without any client") {
  DynamicServer server;
  CHECK(async_http_pool::get(server.url("/bytes/3")).body() == "xxx");
  CHECK(async_http_pool::get(server.url("/bytes/4")).body() == "xxxx");
  CHECK(server.connections() == 1);  // of the one client that the process has
}

TEST_CASE("execute accepts as much as max_response_size and fails beyond it") {
  DynamicServer server;
  const Client client(without_retries().set_max_response_size(1000));
  CHECK(client.get(server.url("/bytes/1000")).body().size() == 1000);
  CHECK(failure_of([&] { return client.get(server.url("/bytes/1001")); }) ==
        "response_too_large body_too_large");
}

TEST_CASE("execute counts its time-out until the whole body is there") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")});
  const Client client(without_retries().set_request_timeout(200ms));
  CHECK(failure_of([&] { return client.get(server.url()); }) == "timeout request_timeout");
}

TEST_CASE("a request fails with the error that it ended in, as what it is") {
  DynamicServer server;
  const Client client(without_retries().set_raise_error_responses(true).set_max_redirects(1));
  CHECK_THROWS_AS(client.send(get_of(server.url("/status/404"))).get(), ClientError);
  CHECK_THROWS_AS(client.send(get_of(server.url("/status/503"))).get(), ServerError);
  CHECK_THROWS_AS(client.execute(get_of(server.url("/status/404"))), ClientError);
  CHECK_THROWS_AS(client.send(get_of(server.url("/redirect/3"))).get(), TooManyRedirectsError);
  ScriptedServer loop({expect_request(),
                       send("HTTP/1.1 302 Found\r\nlocation: /\r\n"
                            "content-length: 0\r\n\r\n"),
                       again()});
  CHECK_THROWS_AS(Client(without_retries()).send(get_of(loop.url())).get(), RecursiveRedirectError);
  CHECK(failure_of([&] { return client.send(get_of("http://127.0.0.1:1/")).get(); }) ==
        "connection connection_refused");
  CHECK(client.total_count() == 0);
}

TEST_CASE("a URL that is too long fails in the future") {
  const Client client(
      test_configuration().set_request_config(RequestConfig().set_max_url_size(100)));
  ResponseFuture future = client.send(get_of("http://127.0.0.1:1/" + std::string(200, 'a')));
  REQUIRE(future.is_ready());
  CHECK_THROWS_AS(future.get(), std::invalid_argument);
  CHECK(client.total_count() == 0);
}

TEST_CASE("a client has room for max_connections requests, and for the next as soon as one ends") {
  DynamicServer server;
  const Client client(without_retries().set_max_connections(2));
  ResponseFuture first = client.send(get_of(server.url("/hold")));
  ResponseFuture second = client.send(get_of(server.url("/hold")));
  CHECK(client.total_count() == 2);
  ResponseFuture third = client.send(get_of(server.url("/status/200")));
  REQUIRE(third.is_ready());
  CHECK_THROWS_AS(third.get(), MaxCapacityError);
  server.release();
  CHECK(first.get().body().bytes() == "held");
  CHECK(second.get().body().bytes() == "held");
  // Its place is free before anybody hears of its end.
  for (int i = 0; i < 50; ++i) {
    ResponseFuture held = client.send(get_of(server.url("/hold")));
    REQUIRE(client.get(server.url("/status/200")).status() == 200);
    REQUIRE(client.send(get_of(server.url("/bytes/9"))).get().body().bytes().size() == 9);
    REQUIRE(held.get().body().bytes() == "held");
    REQUIRE(client.total_count() == 0);
  }
}

TEST_CASE("a body that is being read takes a place among the max_connections") {
  Gate go_on;
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for(go_on), send("cd")});
  const Client client(without_retries().set_max_connections(1));
  StreamingResponse response = client.send(get_of(server.url())).get();
  CHECK(client.total_count() == 1);
  CHECK_THROWS_AS(client.send(get_of(server.url())).get(), MaxCapacityError);
  go_on.open();
  CHECK(response.body().bytes() == "abcd");
  CHECK(client.total_count() == 0);
}

// --- Giving up ---

TEST_CASE("a request whose stop was asked for before is not sent") {
  DynamicServer server;
  const Client client(without_retries());
  std::stop_source stop;
  stop.request_stop();
  ResponseFuture future = client.send(get_of(server.url("/status/200")),
                                      SendOptions().set_stop_token(stop.get_token()));
  REQUIRE(future.is_ready());
  CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  CHECK(server.requests().empty());
}

TEST_CASE("a stop ends a request whose server is silent, and its connection") {
  ScriptedServer server({expect_request(), wait_for_peer_close()});
  const Client client(without_retries());
  std::stop_source stop;
  ResponseFuture future =
      client.send(get_of(server.url()), SendOptions().set_stop_token(stop.get_token()));
  REQUIRE(server.wait_for_requests(1));
  CHECK_FALSE(future.is_ready());
  stop.request_stop();
  CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("a stop ends a body that is being read, behind what has come") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for_peer_close()});
  const Client client(without_retries());
  std::stop_source stop;
  StreamingResponse response =
      client.send(get_of(server.url()), SendOptions().set_stop_token(stop.get_token())).get();
  std::string bytes(2, '\0');
  REQUIRE(response.body().read(bytes) == 2);
  stop.request_stop();
  CHECK(failure_of([&] { return response.body().read(bytes); }) == "unknown cancelled");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("a stop after the end of a request does nothing") {
  DynamicServer server;
  const Client client(without_retries());
  std::stop_source stop;
  StreamingResponse response =
      client.send(get_of(server.url("/bytes/5")), SendOptions().set_stop_token(stop.get_token()))
          .get();
  CHECK(response.body().bytes() == "xxxxx");
  stop.request_stop();
  CHECK(response.body().bytes().empty());
  CHECK(client.get(server.url("/bytes/5")).body() == "xxxxx");
  CHECK(server.connections() == 1);
}

TEST_CASE("a stop at any moment ends a request in a response or as cancelled") {
  const Watchdog watchdog("stops at any moment");
  DynamicServer server;
  const Client client(without_retries());
  for (int i = 0; i < 200; ++i) {
    std::stop_source stop;
    std::jthread stopper([&stop, i] {
      for (int spins = 0; spins < i * 50; ++spins) std::this_thread::yield();
      stop.request_stop();
    });
    try {
      StreamingResponse response =
          client
              .send(get_of(server.url("/bytes/5")), SendOptions().set_stop_token(stop.get_token()))
              .get();
      REQUIRE(response.body().bytes() == "xxxxx");
    } catch (const RequestError& error) {
      REQUIRE(error.code() == ErrorCode::cancelled);
    }
  }
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

// --- Continuations ---

TEST_CASE("a continuation runs on the executor that the request was sent with") {
  DynamicServer server;
  const Client client(without_retries());
  Gate is_called;
  std::atomic<int> hops = 0;
  const Executor executor = [&hops](std::function<void()> continuation) {
    ++hops;
    continuation();
  };
  client.send(get_of(server.url("/bytes/2")), SendOptions().set_executor(executor))
      .then([&](ResponseFuture ready) {
        CHECK(ready.get().status() == 200);
        is_called.open();
      });
  REQUIRE(is_called.wait());
  CHECK(hops >= 1);
}

TEST_CASE("execute and waiting are refused inside a continuation") {
  DynamicServer server;
  const Client client(without_retries());
  Gate is_called;
  std::atomic<bool> is_execute_refused = false;
  std::atomic<bool> is_get_refused = false;
  client.send(get_of(server.url("/status/200"))).then([&](const ResponseFuture&) {
    try {
      static_cast<void>(client.get(server.url("/status/200")));
    } catch (const std::logic_error&) {
      is_execute_refused = true;
    }
    try {
      static_cast<void>(client.send(get_of(server.url("/hold"))).get());
    } catch (const std::logic_error&) {
      is_get_refused = true;
    }
    is_called.open();
  });
  REQUIRE(is_called.wait());
  CHECK(is_execute_refused);
  CHECK(is_get_refused);
}

// --- Progress ---

TEST_CASE("progress is told at the end with all bytes of both bodies, and what was expected") {
  DynamicServer server;
  const Client client(without_retries());
  std::mutex mutex;
  std::vector<Progress> told;
  SendOptions options;
  options.set_progress([&](const Progress& progress) {
    const std::lock_guard lock(mutex);
    told.push_back(progress);
  });
  const std::string body(50'000, 'b');
  StreamingResponse response =
      client.send(Request::post(server.url("/bytes/70000")).body(body).build(), options).get();
  CHECK(response.body().bytes().size() == 70'000);
  const std::lock_guard lock(mutex);
  REQUIRE_FALSE(told.empty());
  CHECK(told.back().bytes_sent == 50'000);
  CHECK(told.back().bytes_received == 70'000);
  CHECK(told.back().bytes_to_send == 50'000U);
  CHECK(told.back().bytes_to_receive == 70'000U);
  CHECK(std::is_sorted(told.begin(), told.end(), [](const Progress& a, const Progress& b) {
    return a.bytes_received < b.bytes_received;
  }));
}

TEST_CASE("progress is told while a slow body comes, about every 100 ms") {
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
                         send_slowly(std::string("14\r\n") + std::string(20, 'x') + "\r\n", 20ms),
                         send("0\r\n\r\n")});
  const Client client(without_retries());
  std::atomic<int> calls = 0;
  std::atomic<bool> is_size_known = false;
  const auto begin = Clock::now();
  StreamingResponse response =
      client
          .send(get_of(server.url()), SendOptions().set_progress([&](const Progress& progress) {
            ++calls;
            if (progress.bytes_to_receive) is_size_known = true;
            throw std::runtime_error("is contained");
          }))
          .get();
  CHECK(response.body().bytes() == std::string(20, 'x'));
  const auto took = Clock::now() - begin;
  CHECK(calls >= 3);
  CHECK(calls <= took / 100ms + 2);
  CHECK_FALSE(is_size_known);
}

TEST_CASE("options that are made inside a co_await are destroyed once") {
  DynamicServer server;
  const Client client(without_retries());
  const auto used = std::make_shared<int>(0);
  const auto status_of = [&](std::string url) -> examples::Task<int> {
    const Executor executor = [used](const std::function<void()>& function) {
      ++*used;
      function();
    };
    StreamingResponse response =
        co_await client.send(get_of(url), SendOptions().set_executor(executor));
    co_return response.status();
  };
  CHECK(examples::sync_wait(status_of(server.url("/bytes/2"))) == 200);
  CHECK(*used > 0);
  CHECK(eventually([&] { return used.use_count() == 1; }));
}
