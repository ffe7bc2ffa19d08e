// When the agents of a client start and end, and what becomes of its requests then.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "support/process_state.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Request get_of(const std::string& url) { return Request::get(url).build(); }

/// The head of a response, and a part of its body.
Script broken_off() {
  return {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
          wait_for_peer_close()};
}

}  // namespace

TEST_CASE("a client that sends nothing costs no thread and no descriptor worth mentioning") {
  const std::size_t threads = thread_count();
  const std::size_t descriptors = descriptor_count();
  {
    const Client client(test_configuration().set_agents(4));
    const Client copy = client;
    const Client with = copy.with_default_headers({{"x-a", "b"}});
    CHECK(client.total_count() == 0);
    CHECK(thread_count() == threads);
    CHECK(descriptor_count() == descriptors);
  }
  CHECK(thread_count() == threads);
}

TEST_CASE("the first request starts the agents and the last handle ends them") {
  const Watchdog watchdog("ending a client");
  TinyServer server;
  const std::size_t threads = thread_count();
  const int agents = GENERATE(1, 3);
  {
    std::optional<Client> client(without_retries().set_agents(agents));
    Client copy = *client;
    const Client with = copy.with_default_headers({{"x-a", "b"}});
    CHECK(client->get(server.url("/fast")).body() == "ok");
    CHECK(thread_count() == threads + static_cast<std::size_t>(agents));
    client.reset();
    CHECK(copy.get(server.url("/fast")).body() == "ok");
    copy = with;
    CHECK(copy.get(server.url("/fast")).body() == "ok");
    CHECK(thread_count() == threads + static_cast<std::size_t>(agents));
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
}

TEST_CASE("requests under way fail as cancelled when the last handle goes") {
  const Watchdog watchdog("ending a client with requests under way");
  DynamicServer server;
  const std::size_t threads = thread_count();
  std::vector<ResponseFuture> futures;
  {
    const Client client(without_retries().set_agents(2));
    for (int i = 0; i < 10; ++i) futures.push_back(client.send(get_of(server.url("/hold"))));
    REQUIRE(server.wait_for_requests(10));
    for (int i = 0; i < 10; ++i) futures.push_back(client.send(get_of(server.url("/hold"))));
  }
  const std::size_t own = thread_count();
  CHECK(own <= threads + server.connections());  // the server has one for each connection
  for (ResponseFuture& future : futures) {
    REQUIRE(future.is_ready());
    const Outcome outcome = outcome_of([&] { return future.get(); });
    CHECK(outcome.summary() == "unknown cancelled");
    CHECK(outcome.error().message() == "client was shut down before the request was over");
    CHECK(outcome.error().url() == server.url("/hold"));
  }
}

TEST_CASE("a body that is being read keeps the agents at work, and ends them with it") {
  const Watchdog watchdog("a body without a client");
  const std::size_t threads_before = thread_count();
  Gate go_on;
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for(go_on), send("cd")});
  const std::size_t threads = thread_count();
  {
    std::optional<Client> client(without_retries());
    StreamingResponse response = client->send(get_of(server.url())).get();
    client.reset();
    CHECK(thread_count() == threads + 1);
    go_on.open();
    CHECK(response.body().bytes() == "abcd");
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
  CHECK(threads == threads_before + 1);
}

TEST_CASE("dropping a body without its client ends the transfer and the agents") {
  const Watchdog watchdog("dropping a body without a client");
  ScriptedServer server(broken_off());
  const std::size_t threads = thread_count();
  {
    StreamingResponse response = Client(without_retries()).send(get_of(server.url())).get();
    CHECK(response.status() == 200);
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("futures and clients dropped at any moment leave no thread behind") {
  const Watchdog watchdog("dropping everything at any moment");
  TinyServer server;
  const std::size_t threads = thread_count();
  for (int i = 0; i < 100; ++i) {
    {
      const Client client(without_retries());
      ResponseFuture future = client.send(get_of(server.url("/fast")));
      for (int spins = 0; spins < i * 20; ++spins) std::this_thread::yield();
      if (i % 3 == 0) future.cancel();
      if (i % 3 == 1) ResponseFuture(std::move(future));
    }
    REQUIRE(eventually([&] { return thread_count() == threads; }));
  }
}

TEST_CASE("the last handle may go in a continuation, on the agent's thread") {
  const Watchdog watchdog("dropping a client on its agent thread");
  const std::size_t threads = thread_count();
  {
    DynamicServer server;
    const auto kept =
        std::make_shared<std::optional<Client>>(Client(without_retries().set_agents(2)));
    Gate is_dropped;
    ResponseFuture other = (*kept)->send(get_of(server.url("/hold")));
    REQUIRE(server.wait_for_requests(1));
    (*kept)
        ->send(get_of(server.url("/status/200")))
        .then([kept, &is_dropped](ResponseFuture ready) {
          const StreamingResponse response = ready.get();
          kept->reset();
          is_dropped.open();
        });
    REQUIRE(is_dropped.wait());
    CHECK(failure_of([&] { return other.get(); }) == "unknown cancelled");
    const std::size_t server_threads = server.connections() + 1;
    CHECK(eventually([&] { return thread_count() <= server_threads + 2; }));
  }
  // The server's threads may end before the agents', which nobody joins.
  CHECK(eventually([&] { return thread_count() == threads; }));
}

TEST_CASE("a continuation may own the client that calls it") {
  const Watchdog watchdog("a client owned by its continuation");
  TinyServer server;
  const std::size_t threads = thread_count();
  Gate is_called;
  {
    Client client(without_retries());
    const Client& sender = client;
    ResponseFuture future = sender.send(get_of(server.url("/fast")));
    std::move(future).then([client = std::move(client), &is_called](ResponseFuture ready) {
      CHECK(ready.get().status() == 200);
      CHECK(client.total_count() <= 1);
      is_called.open();
    });
  }
  REQUIRE(is_called.wait());
  CHECK(eventually([&] { return thread_count() == threads; }));
}

TEST_CASE("a body may be dropped in a continuation as the last handle") {
  const Watchdog watchdog("a body dropped on its agent thread");
  ScriptedServer server(broken_off());
  const std::size_t threads = thread_count();
  Gate is_called;
  auto body = std::make_shared<std::optional<StreamingResponse>>();
  {
    const Client client(without_retries());
    client.send(get_of(server.url())).then([&](ResponseFuture ready) {
      body->emplace(ready.get());
      (*body)->body().when_readable([body, &is_called] {
        body->reset();
        is_called.open();
      });
    });
    REQUIRE(is_called.wait());
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("many threads send through copies of one client") {
  const Watchdog watchdog("many threads with one client");
  TinyServer server;
  constexpr int threads = 8;
  constexpr int requests = 50;
  const Client client(without_retries().set_agents(2).set_max_connections(threads * 2));
  std::atomic<int> answers = 0;
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < threads; ++i) {
      senders.emplace_back([copy = client, &server, &answers] {
        for (int n = 0; n < requests; ++n) {
          if (n % 2 == 0) {
            if (copy.get(server.url("/fast")).body() == "ok") ++answers;
          } else {
            StreamingResponse response = copy.send(get_of(server.url("/fast"))).get();
            if (response.body().bytes() == "ok") ++answers;
          }
        }
      });
    }
  }
  CHECK(answers == threads * requests);
  CHECK(client.total_count() == 0);
}

TEST_CASE("threads that send first at the same time start the agents once") {
  const Watchdog watchdog("a race to the first request");
  TinyServer server;
  const std::size_t threads = thread_count();
  for (int round = 0; round < 20; ++round) {
    const Client client(without_retries());
    std::atomic<int> answers = 0;
    {
      std::vector<std::jthread> senders;
      for (int i = 0; i < 4; ++i)
        senders.emplace_back([&] {
          if (client.get(server.url("/fast")).body() == "ok") ++answers;
        });
    }
    REQUIRE(answers == 4);
    // A thread that was joined is still counted for a moment.
    REQUIRE(eventually([&] { return thread_count() == threads + 1; }));
  }
}

TEST_CASE("two clients may end each other's agents, each on the other's") {
  const Watchdog watchdog("clients that end each other");
  TinyServer server;
  std::optional<Client> first(without_retries());
  std::optional<Client> second(without_retries());
  Gate is_first_there;
  Gate is_second_there;
  Gate is_first_done;
  Gate is_second_done;
  const auto end_other = [](std::optional<Client>& other, Gate& mine, Gate& others, Gate& done) {
    return [&other, &mine, &others, &done](ResponseFuture future) {
      { const ResponseFuture dropped = std::move(future); }  // it counts as a handle
      mine.open();
      if (others.wait()) other.reset();
      done.open();
    };
  };
  ResponseFuture one = first->send(get_of(server.url("/fast")));
  ResponseFuture two = second->send(get_of(server.url("/fast")));
  std::move(one).then(end_other(second, is_first_there, is_second_there, is_first_done));
  std::move(two).then(end_other(first, is_second_there, is_first_there, is_second_done));
  CHECK(is_first_done.wait());
  CHECK(is_second_done.wait());
}
