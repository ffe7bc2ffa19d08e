// Event streams and JSON lines over real connections: each event is there as soon as it was sent.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/h2_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/task.hpp"
#include "support/thrown_outcome.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;
using examples::Task;

namespace {

/// What a server sends: the next piece when the reader has had what is complete in those before.
struct Delivery {
  std::string piece;
  std::vector<std::string> data;  // of the events that are complete then
};

/// Events that are cut everywhere.
const std::vector<Delivery> deliveries = {
    {": welcome\n\n", {}},
    {"id: 1\ndata: one\n\n", {"one"}},
    {"data: tw", {}},
    {"o\r\n\r\ndata: three\n", {"two"}},
    {"\nevent: more\ndata: \xF0\x9F", {"three"}},
    {"\x98\x80\ndata\n\nid: 5\ndata: five\r\r", {"\xF0\x9F\x98\x80\n", "five"}},
    {"id: 6\ndata: six\n", {}},
};

const std::string stream_head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
const std::string chunked_head = stream_head + "transfer-encoding: chunked\r\n\r\n";

std::string chunk(std::string_view bytes) {
  std::ostringstream text;
  text << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
  return text.str();
}

/// One for each delivery: opened, it lets that go.
using Gates = std::deque<Gate>;

/// Sends the deliveries as chunks, each behind its gate, and then `last`.
Script chunked_script(Gates& gates, const std::vector<Step>& last) {
  Script script = {expect_request(), send(chunked_head)};
  for (const Delivery& delivery : deliveries) {
    script.push_back(wait_for(gates.emplace_back()));
    script.push_back(send(chunk(delivery.piece)));
  }
  script.insert(script.end(), last.begin(), last.end());
  return script;
}

/// Lets deliveries go one by one, and reads what is complete after each.
void check_deliveries(EventStreamReader& reader, Gates& gates) {
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    gates[i].open();
    for (const std::string& data : deliveries[i].data) {
      const auto event = reader.next();
      REQUIRE(event);
      CHECK(event->data == data);
      CHECK(event->type == (data.ends_with('\n') ? "more" : "message"));
    }
  }
  CHECK(reader.last_event_id() == "5");
}

EventStreamReader read_events(const Client& client, const std::string& url) {
  return EventStreamReader(client.send(Request::get(url).build()).get());
}

/// Serves the deliveries as DATA, each behind its gate, and ends as `end` has it.
H2Script h2_script(Gates& gates, std::function<void(H2Connection&, std::uint32_t)> end) {
  for (std::size_t i = 0; i < deliveries.size(); ++i) gates.emplace_back();
  return {.on_request = [&gates, end = std::move(end)](H2Connection& connection,
                                                       const H2Request& request) {
    connection.send_headers(request.stream,
                            {{":status", "200"}, {"content-type", "text/event-stream"}});
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (!gates[i].wait()) return;
      connection.send_data(request.stream, deliveries[i].piece);
    }
    end(connection, request.stream);
  }};
}

}  // namespace

TEST_CASE("each event is read before the server sends the next, over HTTP/1.1") {
  Gates gates;
  ScriptedServer server(chunked_script(gates, {send("0\r\n\r\n")}));
  const Client client(without_retries());
  EventStreamReader reader = read_events(client, server.url());
  CHECK(reader.response().protocol() == ProtocolVersion::http1_1);
  check_deliveries(reader, gates);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.next());
}

TEST_CASE("each event is read before the server sends the next, over HTTP/2") {
  Gates gates;
  H2Server server(certificates().good(),
                  h2_script(gates, [](H2Connection& connection, std::uint32_t stream) {
                    connection.send_data(stream, "", H2Flags::end_stream);
                  }));
  const Client client(trusting());
  EventStreamReader reader = read_events(client, server.url());
  CHECK(reader.response().protocol() == ProtocolVersion::http2);
  check_deliveries(reader, gates);
  CHECK_FALSE(reader.next());
  CHECK(reader.last_event_id() == "5");
}

TEST_CASE("each event is read before the server sends the next, through nginx and HTTP/2") {
  Gates gates;
  ScriptedServer server(chunked_script(gates, {send("0\r\n\r\n")}));
  NginxServer nginx({.identity = certificates().good(),
                     .locations = "location /events { proxy_pass " + server.url() +
                                  "; proxy_http_version 1.1; proxy_buffering off; }"});
  const Client client(trusting());
  gates.front().open();  // nginx keeps a head until the body begins
  EventStreamReader reader = read_events(client, nginx.tls_url("/events"));
  CHECK(reader.response().protocol() == ProtocolVersion::http2);
  check_deliveries(reader, gates);
  CHECK_FALSE(reader.next());
}

TEST_CASE("a connection that breaks inside an event is an error behind the events before it") {
  const auto how = GENERATE(values<Step>({close(), reset()}));
  Gates gates;
  ScriptedServer server(chunked_script(gates, {how}));
  const Client client(without_retries());
  EventStreamReader reader = read_events(client, server.url());
  check_deliveries(reader, gates);
  const std::string failure = failure_of([&reader] { return reader.next(); });
  CHECK_THAT(failure, Catch::StartsWith("connection "));
  CHECK(failure_of([&reader] { return reader.next(); }) == failure);
  CHECK(reader.last_event_id() == "5");
}

TEST_CASE(
    "an HTTP/2 stream that is reset inside an event is an error behind the events before it") {
  Gates gates;
  H2Server server(certificates().good(),
                  h2_script(gates, [](H2Connection& connection, std::uint32_t stream) {
                    connection.send_reset(stream, H2Error::internal_error);
                  }));
  const Client client(trusting());
  EventStreamReader reader = read_events(client, server.url());
  check_deliveries(reader, gates);
  CHECK(failure_of([&reader] { return reader.next(); }) == "connection connection_lost");
}

TEST_CASE("a body without a length or chunks ends an event stream with its connection") {
  ScriptedServer server(
      {expect_request(), send(stream_head + "\r\ndata: 1\n\ndata: 2\n\ndata: lost\n"), close()});
  const Client client(without_retries());
  EventStreamReader reader = read_events(client, server.url());
  CHECK(reader.next()->data == "1");
  CHECK(reader.next()->data == "2");
  CHECK_FALSE(reader.next());
}

TEST_CASE("cancelling ends the wait for an event of a silent server") {
  ScriptedServer server({expect_request(), send(chunked_head + chunk("data: 1\n\ndata: 2\n")),
                         wait_for_peer_close()});
  const Client client(without_retries());
  EventStreamReader reader = read_events(client, server.url());
  CHECK(reader.next()->data == "1");
  std::thread canceller([&reader] { reader.response().cancel(); });
  CHECK(failure_of([&reader] { return reader.next(); }) == "unknown cancelled");
  canceller.join();
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("dropping a reader ends its transfer, though the server is silent") {
  ScriptedServer server({expect_request(), send(chunked_head), wait_for_peer_close()});
  const Client client(without_retries());
  { const EventStreamReader reader = read_events(client, server.url()); }
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("a response that is no event stream is refused, and its transfer ended") {
  const auto head = GENERATE(values<std::string>(
      {"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n", "HTTP/1.1 200 OK\r\n",
       "HTTP/1.1 429 Too Many\r\ncontent-type: text/event-stream\r\n",
       "HTTP/1.1 206 Partial\r\ncontent-type: text/event-stream\r\n"}));
  ScriptedServer server({expect_request(),
                         send(head + "transfer-encoding: chunked\r\n\r\n" + chunk("data: 1\n\n")),
                         wait_for_peer_close()});
  const Client client(without_retries());
  CHECK_THROWS_AS(read_events(client, server.url()), std::invalid_argument);
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("an event that is too large ends the transfer, though more would come") {
  ScriptedServer server({expect_request(),
                         send(chunked_head + chunk("data: 1\n\ndata: " + std::string(500, 'x'))),
                         wait_for_peer_close()});
  const Client client(without_retries());
  EventStreamReader reader(client.send(Request::get(server.url()).build()).get(),
                           {.max_event_size = 400});
  CHECK(reader.next()->data == "1");
  CHECK(failure_of([&reader] { return reader.next(); }) == "response_too_large body_too_large");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("each JSON line is read before the server sends the next") {
  Gate second;
  Gate last;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n"
                              "transfer-encoding: chunked\r\n\r\n" +
                              chunk("{\"n\":1}\r\n\n{\"n\"")),
                         wait_for(second), send(chunk(":2}\n[")), wait_for(last),
                         send(chunk("3]") + "0\r\n\r\n")});
  const Client client(without_retries());
  JsonLinesReader reader(client.send(Request::get(server.url()).build()).get());
  CHECK(reader.next() == Value::object({{"n", 1}}));
  second.open();
  CHECK(reader.next() == Value::object({{"n", 2}}));
  last.open();
  CHECK(reader.next() == Value::array({3}));
  CHECK_FALSE(reader.next());
}

TEST_CASE("coroutines read many streams on one agent thread, none waiting for another") {
  constexpr std::size_t streams = 20;
  std::deque<Gate> gates(streams);
  ScriptedServer server;
  for (std::size_t i = 0; i < streams; ++i) {
    server.on_connection(
        i, {expect_request(), send(chunked_head + chunk("data: first\n\nda")), wait_for(gates[i]),
            send(chunk("ta: second\n")), send(chunk("\n") + "0\r\n\r\n")});
  }
  const Client client(without_retries());
  std::atomic<std::size_t> begun = 0;
  Gate all_begun;
  const auto read = [&](std::string url) -> Task<std::string> {
    EventStreamReader reader(co_await client.send(Request::get(url).build()));
    std::string all;
    while (const auto event = co_await reader.next_async()) {
      all += event->data + " ";
      if (event->data == "first" && ++begun == streams) all_begun.open();
    }
    co_return all;
  };
  std::vector<Task<std::string>> tasks;
  for (std::size_t i = 0; i < streams; ++i) tasks.push_back(read(server.url()));
  // Nobody has his second event before all have had the first.
  std::thread server_side([&] {
    if (!all_begun.wait()) return;
    for (Gate& gate : gates) gate.open();
  });
  const auto texts = examples::sync_wait(examples::when_all(std::move(tasks)));
  server_side.join();
  CHECK(texts == std::vector<std::string>(streams, "first second "));
}

TEST_CASE("a coroutine that waits for an event goes on when it is cancelled") {
  Gate first;
  ScriptedServer server(
      {expect_request(), send(chunked_head + chunk("data: 1\n\nda")), wait_for_peer_close()});
  const Client client(without_retries());
  EventStreamReader reader = read_events(client, server.url());
  Task<std::string> task = [](EventStreamReader& from, Gate& opened) -> Task<std::string> {
    try {
      while (co_await from.next_async()) opened.open();
    } catch (const RequestError& error) {
      co_return std::string(to_string(error.code()));
    }
    co_return "none";
  }(reader, first);
  std::thread canceller([&] {
    if (first.wait()) reader.response().cancel();
  });
  CHECK(examples::sync_wait(std::move(task)) == "cancelled");
  canceller.join();
  CHECK(server.wait_for_peer_close(0));
}
