// What the application gives up ends at once, whatever it was doing: servers see it, and nobody
// else does.
#include "support/body_pieces.hpp"
#include "support/cancelling.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/full_listener.hpp"
#include "support/h2_server.hpp"
#include "support/pour_server.hpp"
#include "support/process_state.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"
#include "support/thrown_outcome.hpp"
#include "support/tiny_server.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* head_of_many = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";

Request get_of(const std::string& url) { return Request::get(url).build(); }

/// Whether `round`, which returns how long the end of a request took to be seen, is done within 50
/// ms. A busy machine may wake us late: one round in time shows that we can be.
bool is_prompt(const std::function<Clock::duration()>& round) {
  constexpr int rounds = 5;
  for (int i = 0; i < rounds; ++i) {
    if (round() < 50ms) return true;
  }
  return false;
}

/// Gives `doomed` up, and returns how long it took until `is_seen` was.
template <typename Seen>
Clock::duration time_to_end(Doomed& doomed, GiveUp how, Seen is_seen) {
  const auto start = Clock::now();
  doomed.give_up(how);
  CHECK(is_seen());
  return Clock::now() - start;
}

/// What is left of a request that was given up, and not dropped, before its headers were in.
void check_is_cancelled(Doomed& doomed, GiveUp how) {
  if (how == GiveUp::drop) return;
  CHECK(failure_of([&] { return doomed.future().get(); }) == "unknown cancelled");
}

}  // namespace

TEST_CASE("a request that is given up before its response closes its connection at once") {
  const std::array<Script, 3> scripts = {
      Script{expect_request()}, Script{expect_request(), send("HTTP/1.1 100 Continue\r\n\r\n")},
      Script{expect_request(), send("HTTP/1.1 200 OK\r\nx-half: ")}};
  const Client client(without_retries());
  for (const Script& script : scripts) {
    for (const GiveUp how : give_ups) {
      CHECK(is_prompt([&] {
        Gate is_silent;
        Script silent = script;
        silent.push_back(open_gate(is_silent));
        ScriptedServer server(silent);
        Doomed doomed(client, get_of(server.url()));
        REQUIRE(is_silent.wait());
        const auto taken = time_to_end(doomed, how, [&] { return server.wait_for_peer_close(0); });
        check_is_cancelled(doomed, how);
        CHECK(server.requests().size() == 1);
        return taken;
      }));
      CHECK(eventually([&] { return client.total_count() == 0; }));
    }
  }
}

TEST_CASE(
    "a body that is given up closes its connection at once, also while the server is silent") {
  const Client client(without_retries());
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      ScriptedServer server({expect_request(), send(head_of_many), send("some")});
      Doomed doomed(client, get_of(server.url()));
      CHECK(read_exactly(doomed.response().body(), 4) == "some");
      const auto taken = time_to_end(doomed, how, [&] { return server.wait_for_peer_close(0); });
      if (how != GiveUp::drop) {
        CHECK(failure_of([&] { return read_piece(doomed.response().body()); }) ==
              "unknown cancelled");
      }
      return taken;
    }));
  }
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("a body that was moved out of its response is given up with it, and not with that") {
  ScriptedServer server({expect_request(), send(head_of_many), send("some")});
  const Client client(without_retries());
  std::optional<StreamingResponse> response = client.send(get_of(server.url())).get();
  std::optional<BodyReader> body = std::move(response->body());
  CHECK(read_piece(response->body()).empty());  // an empty one is at its end
  response.reset();
  CHECK(read_exactly(*body, 4) == "some");
  CHECK_FALSE(server.peer_closed(0));
  const auto start = Clock::now();
  body.reset();
  CHECK(server.wait_for_peer_close(0));
  CHECK(Clock::now() - start < patience / 10);
}

TEST_CASE("a reader that waits is told when another thread cancels") {
  ScriptedServer server({expect_request(), send(head_of_many)});
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url())).get();
  Gate reads;
  std::thread canceller([&] {
    static_cast<void>(reads.wait());
    response.cancel();
  });
  reads.open();
  CHECK(failure_of([&] { return read_piece(response.body()); }) == "unknown cancelled");
  canceller.join();
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("a thread that waits for a response is told when another one cancels") {
  ScriptedServer server({expect_request()});
  const Client client(without_retries());
  ResponseFuture future = client.send(get_of(server.url()));
  std::thread canceller([&] {
    static_cast<void>(server.wait_for_requests(1));
    future.cancel();
  });
  CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  canceller.join();
}

TEST_CASE("a paused body that is given up closes its connection at once") {
  const Client client(without_retries());
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      PourServer server;
      Doomed doomed(client, get_of(server.url(std::uint64_t{1} << 30)));
      static_cast<void>(doomed.response());
      REQUIRE(server.wait_until_still() > 0);
      return time_to_end(doomed, how, [&] { return server.wait_for_closed(1); });
    }));
  }
}

TEST_CASE("a request that waits for its turn is given up without a word to the server") {
  ScriptedServer server({expect_request()});
  Configuration configuration = without_retries();
  configuration.set_client_config(
      ClientConfig(configuration.client_config()).set_max_in_flight_per_host(1));
  const Client client(configuration);
  const ResponseFuture first = client.send(get_of(server.url()));
  REQUIRE(server.wait_for_requests(1));
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      Doomed doomed(client, get_of(server.url()));
      CHECK(client.total_count() == 2);
      const auto taken = time_to_end(
          doomed, how, [&] { return eventually([&] { return client.total_count() == 1; }); });
      check_is_cancelled(doomed, how);
      return taken;
    }));
  }
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a request is given up in the pause before a retry") {
  const Client client(test_configuration().set_request_config(
      RequestConfig().set_retries(1).set_retry_statuses({503}).set_retry_after_max(1min)));
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      ScriptedServer server(
          {expect_request(),
           send(response(503, "later", "connection: close\r\nretry-after: 10\r\n"))});
      Doomed doomed(client, get_of(server.url()));
      REQUIRE(server.wait_for_peer_close(0));  // it has all of the answer
      const auto taken = time_to_end(
          doomed, how, [&] { return eventually([&] { return client.total_count() == 0; }); });
      check_is_cancelled(doomed, how);
      CHECK(server.connections() == 1);
      return taken;
    }));
  }
}

TEST_CASE("a request is given up while its host's name is looked up") {
  const RawListener listener;
  const Client client(without_retries());
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      const SlowResolver resolver;
      Doomed doomed(client, get_of(url_at("cancel.slow.test", listener.port())));
      REQUIRE(resolver.wait_for_blocked(1));
      const auto taken = time_to_end(
          doomed, how, [&] { return eventually([&] { return client.total_count() == 0; }); });
      check_is_cancelled(doomed, how);
      return taken;
    }));
  }
}

TEST_CASE("a request is given up while it connects, and leaves no socket behind") {
  const FullListener listener;
  const Client client(without_retries());
  CHECK(failure_of([&] {
          return client.send(Request::get(listener.url()).timeout(100ms).build()).get();
        }) == "timeout request_timeout");  // all that agents need is there now
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      const std::size_t before = descriptor_count();
      Doomed doomed(client, get_of(listener.url()));
      REQUIRE(eventually([&] { return descriptor_count() > before; }));
      const auto taken = time_to_end(
          doomed, how, [&] { return eventually([&] { return descriptor_count() == before; }); });
      check_is_cancelled(doomed, how);
      return taken;
    }));
  }
}

TEST_CASE("a request is given up in the middle of its upload") {
  const Client client(without_retries());
  const std::string body(std::size_t{32} << 20, 'u');
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      const RawListener listener;
      Doomed doomed(client, Request::put(url_at("127.0.0.1", listener.port())).body(body).build());
      const Descriptor connection = listener.accept();
      REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
      return time_to_end(doomed, how, [&] {
        receive_to_end(connection);
        return true;
      });
    }));
  }
}

TEST_CASE("a request is given up while it waits for its writer, who is told") {
  const Client client(without_retries());
  for (const GiveUp how : give_ups) {
    CHECK(is_prompt([&] {
      const RawListener listener;
      BodyWriter writer;
      Doomed doomed(
          client,
          Request::put(url_at("127.0.0.1", listener.port())).body_source(writer.source()).build());
      REQUIRE(writer.write("some"));
      const Descriptor connection = listener.accept();
      REQUIRE_FALSE(receive_bytes(connection, 100).empty());
      const auto taken = time_to_end(doomed, how, [&] {
        receive_to_end(connection);
        return eventually([&] { return !writer.is_wanted(); });
      });
      CHECK_FALSE(writer.write("more"));
      return taken;
    }));
  }
}

TEST_CASE("giving up a stream of HTTP/2 resets that one, the others go on") {
  const bool is_in_body = GENERATE(false, true);
  std::atomic<std::uint32_t> other = 0;
  std::atomic<std::uint32_t> reset_stream = 0;
  Gate both;
  H2Server server(certificates().good(),
                  {.on_request =
                       [&](H2Connection& connection, const H2Request& request) {
                         if (request.index == 0) {
                           if (!is_in_body) return;
                           connection.send_headers(request.stream, {{":status", "200"}});
                           connection.send_data(request.stream, "some");
                         } else {
                           other = request.stream;
                           both.open();
                         }
                       },
                   .on_frame =
                       [&](H2Connection& connection, const H2Frame& frame) {
                         if (frame.type != H2Type::rst_stream) return;
                         reset_stream = frame.stream;
                         connection.respond(other, "other");
                       }});
  const Client client(trusting());
  const GiveUp how = GENERATE(GiveUp::drop, GiveUp::cancel, GiveUp::stop_token);
  Doomed doomed(client, get_of(server.url()));
  REQUIRE(server.wait_for_requests(1));
  if (is_in_body) CHECK(read_exactly(doomed.response().body(), 4) == "some");
  ResponseFuture future = client.send(get_of(server.url()));
  REQUIRE(both.wait());
  const auto start = Clock::now();
  doomed.give_up(how);
  REQUIRE(server.wait_for_frames(H2Type::rst_stream, 1));
  CHECK(Clock::now() - start < patience / 10);
  CHECK(future.get().body().text() == "other");
  CHECK(reset_stream != other);
  CHECK(server.connections() == 1);
}

TEST_CASE("giving up what is over does nothing, its connection stays") {
  ScriptedServer server(ok_each_time());
  const Client client(without_retries());
  for (const GiveUp how : give_ups) {
    Doomed doomed(client, get_of(server.url()));
    CHECK(doomed.response().body().bytes() == "ok");
    doomed.give_up(how);
    if (how == GiveUp::drop) continue;
    CHECK(read_piece(doomed.response().body()).empty());
    CHECK(doomed.response().trailers() == Headers());
  }
  CHECK(client.get(server.url()).body() == "ok");
  CHECK(server.connections() == 1);
}

TEST_CASE("a stop that was asked for before sends nothing") {
  ScriptedServer server(ok_each_time());
  const Client client(without_retries());
  std::stop_source stop;
  stop.request_stop();
  ResponseFuture future =
      client.send(get_of(server.url()), SendOptions().set_stop_token(stop.get_token()));
  CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  CHECK(server.connections() == 0);
}

TEST_CASE("one stop ends all requests that it was given to") {
  ScriptedServer server({expect_request()});
  const Client client(without_retries());
  std::stop_source stop;
  std::vector<ResponseFuture> futures;
  for (int i = 0; i < 20; ++i)
    futures.push_back(
        client.send(get_of(server.url()), SendOptions().set_stop_token(stop.get_token())));
  REQUIRE(server.wait_for_requests(20));
  stop.request_stop();
  for (ResponseFuture& future : futures)
    CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  for (std::size_t i = 0; i < 20; ++i) CHECK(server.wait_for_peer_close(i));
}

TEST_CASE("a thousand requests given up at random moments leave nothing behind") {
  const PourServer pouring;
  const TinyServer tiny;
  const std::size_t before = descriptor_count();
  const std::size_t threads_before = thread_count();
  {
    const Client client(without_retries());
    std::minstd_rand random(5);
    const std::array<std::string, 4> urls = {tiny.url("/hold"), tiny.url("/fast"),
                                             pouring.url(1'000'000), pouring.url(10)};
    std::vector<std::unique_ptr<Doomed>> doomed;
    for (int i = 0; i < 1000; ++i) {
      doomed.push_back(std::make_unique<Doomed>(client, get_of(urls.at(random() % urls.size()))));
      const std::size_t index = random() % doomed.size();
      Doomed& one = *doomed[index];
      if (one.has_response() || one.future().wait_for(std::chrono::milliseconds(random() % 3)))
        static_cast<void>(read_piece(one.response().body(), 1 + random() % 10'000));
      if (doomed.size() < 40 && random() % 3 == 0) continue;
      one.give_up(give_ups.at(random() % give_ups.size()));
      doomed.erase(doomed.begin() + static_cast<std::ptrdiff_t>(index));
    }
    doomed.clear();
    CHECK(eventually([&] { return client.total_count() == 0; }));
    CHECK(client.get(tiny.url("/fast")).body() == "ok");
  }
  // What is left may be the servers' ends of connections, of which they are about to learn.
  CHECK(eventually([&] { return descriptor_count() <= before; }));
  CHECK(eventually([&] { return thread_count() <= threads_before; }));
}
