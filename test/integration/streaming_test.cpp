// A response is there as soon as its headers are, and its body comes as the server sends it.
#include "support/body_pieces.hpp"
#include "support/catch.hpp"
#include "support/digest_guard.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/h2_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* chunked_head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

Request get_of(const std::string& url) { return Request::get(url).build(); }

std::string chunk(const std::string& bytes) {
  return std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
}

/// What is there without waiting.
std::optional<std::size_t> look(BodyReader& body) {
  std::array<char, 16> buffer;
  return body.read_for(buffer, 0ms);
}

}  // namespace

TEST_CASE("a response is ready when its headers are in, before any of its body") {
  Gate go_on;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\nx-a: 1\r\n\r\n"),
                         wait_for(go_on), send("12345678")});
  const Client client(without_retries());
  ResponseFuture future = client.send(get_of(server.url()));
  REQUIRE(future.wait_for(patience));
  CHECK(future.is_ready());
  StreamingResponse response = future.get();
  CHECK(response.status() == 200);
  CHECK(response.headers().get("x-a") == "1");
  CHECK(response.body().size() == std::uint64_t{8});
  CHECK_FALSE(response.body().is_readable());
  CHECK_FALSE(look(response.body()));
  CHECK_FALSE(response.trailers());
  CHECK(client.total_count() == 1);
  go_on.open();
  CHECK(response.body().bytes() == "12345678");
  CHECK(look(response.body()) == std::size_t{0});
  CHECK(read_piece(response.body()).empty());  // after the end it stays at the end
  CHECK(response.body().position() == 8);
}

TEST_CASE("pieces of a body can be read as soon as each of them is sent") {
  std::array<Gate, 4> gates;
  Script script = {expect_request(), send(chunked_head)};
  for (std::size_t i = 0; i < gates.size(); ++i) {
    script.push_back(wait_for(gates[i]));
    script.push_back(send(chunk("piece" + std::to_string(i))));
  }
  script.push_back(send("0\r\n\r\n"));
  ScriptedServer server(script);
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url())).get();
  for (std::size_t i = 0; i < gates.size(); ++i) {
    CHECK_FALSE(look(response.body()));
    gates[i].open();
    CHECK(read_exactly(response.body(), 6) == "piece" + std::to_string(i));
  }
  CHECK(read_piece(response.body()).empty());
}

TEST_CASE("pieces of a body over HTTP/2 can be read as soon as each of them is sent") {
  std::array<Gate, 3> gates;
  H2Server server(
      certificates().good(), {.on_request = [&](H2Connection& c, const H2Request& r) {
        c.send_headers(r.stream, {{":status", "200"}});
        for (Gate& gate : gates) {
          if (!gate.wait()) return;
          c.send_data(r.stream, "piece");
        }
        c.send_headers(r.stream, {{"x-sum", "3"}}, H2Flags::end_headers | H2Flags::end_stream);
      }});
  const Client client(trusting());
  StreamingResponse response = client.send(get_of(server.url())).get();
  CHECK(response.status() == 200);
  for (Gate& gate : gates) {
    CHECK_FALSE(look(response.body()));
    gate.open();
    CHECK(read_exactly(response.body(), 5) == "piece");
  }
  CHECK(read_piece(response.body()).empty());
  CHECK(response.trailers() == Headers{{"x-sum", "3"}});
}

TEST_CASE("interim responses make no future ready, and leave no headers behind") {
  Gate early;
  Gate go_on;
  ScriptedServer server({expect_request(), send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
                         open_gate(early), wait_for(go_on), send(response(200, "ok"))});
  const Client client(without_retries());
  ResponseFuture future = client.send(get_of(server.url()));
  REQUIRE(early.wait());
  CHECK_FALSE(future.wait_for(100ms));
  go_on.open();
  StreamingResponse response = future.get();
  CHECK(response.status() == 200);
  CHECK_FALSE(response.headers().contains("link"));
  CHECK(response.body().text() == "ok");
}

TEST_CASE("the rounds of an authentication are no responses, their bodies are nobody's") {
  DynamicServer server;
  const DigestRealm realm{.username = "u", .password = "p"};
  server.route("/guarded", guarded_by_digest(realm, [](const ReceivedRequest&) {
                 return Reply{.headers = {}, .body = "inside"};
               }));
  const Client client(without_retries());
  const auto ask = [&](const char* password) {
    return client
        .send(
            get_with(server.url("/guarded"),
                     RequestConfig().set_auth({"digest"}).set_username("u").set_password(password)))
        .get();
  };
  StreamingResponse accepted = ask("p");
  CHECK(accepted.status() == 200);
  CHECK(accepted.body().text() == "inside");
  CHECK(server.requests().size() == 2);
  StreamingResponse refused = ask("wrong");
  CHECK(refused.status() == 401);
  CHECK(refused.headers().contains("www-authenticate"));
  CHECK(client.send(get_of(server.url("/guarded"))).get().status() == 401);
}

TEST_CASE("a refusal that libcurl cannot answer streams like any response") {
  Gate go_on;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 401 No\r\nwww-authenticate: Basic realm=\"r\"\r\n"
                              "content-length: 6\r\n\r\nso"),
                         wait_for(go_on), send("rry!")});
  const Client client(without_retries());
  const RequestConfig config =
      RequestConfig().set_auth({"basic"}).set_username("u").set_password("p");
  ResponseFuture future = client.send(get_with(server.url(), config));
  StreamingResponse response = future.get();
  CHECK(response.status() == 401);
  go_on.open();
  CHECK(response.body().text() == "sorry!");
}

TEST_CASE("redirects are followed before there is a response, which tells where it came from") {
  DynamicServer server;
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url("/redirect/3"))).get();
  CHECK(response.status() == 200);
  CHECK(response.url() == server.url("/redirect/0"));
  CHECK(response.redirects() == std::vector<std::string>{server.url("/redirect/3"),
                                                         server.url("/redirect/2"),
                                                         server.url("/redirect/1")});
  CHECK(response.method() == "GET");
  CHECK(response.body().text() == "arrived");

  const Request at_once = Request::get(server.url("/redirect/3")).max_redirects(0).build();
  StreamingResponse first = client.send(at_once).get();
  CHECK(first.status() == 302);
  CHECK(first.headers().get("location") == "/redirect/2");

  const Request too_few = Request::get(server.url("/redirect/3")).max_redirects(2).build();
  CHECK(failure_of([&] { return client.send(too_few).get(); }) == "redirect");
}

TEST_CASE("a failure in the middle of a body comes behind its bytes, and is never an end") {
  struct Row {
    std::string head;
    Step last;
    std::string failure;
  };
  const std::vector<Row> rows = {
      {"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", close(), "connection truncated_response"},
      {"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", test::reset(),
       "connection connection_lost"},
      {std::string(chunked_head) + "a\r\n", close(), "connection truncated_response"},
      {std::string(chunked_head) + "5\r\n", send("67zz\r\n"), "unknown protocol_violation"}};
  for (const Row& row : rows) {
    INFO(row.head << " " << row.failure);
    Gate is_read;
    ScriptedServer server(
        {expect_request(), send(row.head + "12345"), wait_for(is_read), row.last});
    const Client client(without_retries());
    StreamingResponse response = client.send(get_of(server.url())).get();
    BodyReader& body = response.body();
    CHECK(read_exactly(body, 5) == "12345");
    is_read.open();
    const std::string failure = failure_of([&] { return read_piece(body); });
    CHECK(failure == row.failure);
    CHECK(failure_of([&] { return read_piece(body); }) == failure);  // each time
    CHECK(body.position() == 5);
    CHECK_FALSE(response.trailers());
    CHECK(client.total_count() == 0);
  }
}

TEST_CASE("bytes that came before a failure can be read behind it") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n12345"), close()});
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url())).get();
  REQUIRE(eventually([&] { return client.total_count() == 0; }));  // it has failed by now
  CHECK(read_exactly(response.body(), 5) == "12345");
  const Outcome outcome = outcome_of([&] { return read_piece(response.body()); });
  CHECK(outcome.summary() == "connection truncated_response");
  CHECK(outcome.error().url() == server.url());
  CHECK(outcome.error().metrics().bytes_received == 5);
}

TEST_CASE("a body knows its length when the server told it") {
  struct Row {
    std::string method;
    std::string bytes;
    std::optional<std::uint64_t> size;
    std::string body;
  };
  const std::vector<Row> rows = {
      {"GET", response(200, "known"), 5, "known"},
      {"GET", response(200, ""), 0, ""},
      {"GET", std::string(chunked_head) + "2\r\nok\r\n0\r\n\r\n", std::nullopt, "ok"},
      {"GET", "HTTP/1.1 200 OK\r\n\r\nto the end", std::nullopt, "to the end"},
      {"HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", 0, ""},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\n", 0, ""},
      {"GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", 0, ""}};
  for (const Row& row : rows) {
    INFO(row.method << " " << row.bytes);
    ScriptedServer server({expect_request(), send(row.bytes), close()});
    const Client client(without_retries());
    StreamingResponse response =
        client.send(Request::builder(row.method, server.url()).build()).get();
    CHECK(response.body().size() == row.size);
    CHECK(response.body().bytes() == row.body);
    CHECK(response.trailers() == Headers());
  }
}

TEST_CASE("a compressed body comes decoded, as it arrives, and has no length") {
  DynamicServer server;
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url("/gzip"))).get();
  CHECK_FALSE(response.headers().contains("content-encoding"));
  CHECK_FALSE(response.headers().contains("content-length"));
  CHECK_FALSE(response.body().size());
  std::string expected;
  for (int i = 0; i < 500; ++i) expected += "0123456789";
  CHECK(response.body().bytes() == expected);
  CHECK(response.metrics().bytes_received < 5000);
}

TEST_CASE("trailers are there when the body is over, and no sooner") {
  Gate go_on;
  ScriptedServer server({expect_request(), send(chunked_head), send(chunk("body")), wait_for(go_on),
                         send("0\r\nx-sum: 4\r\n\r\n")});
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url())).get();
  CHECK(read_exactly(response.body(), 4) == "body");
  CHECK_FALSE(response.trailers());
  go_on.open();
  CHECK(read_piece(response.body()).empty());
  CHECK(response.trailers() == Headers{{"x-sum", "4"}});
  CHECK_FALSE(response.headers().contains("x-sum"));
}

TEST_CASE("the metrics of a response grow while it is under way, and then stay") {
  Gate second;
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234"),
                         wait_for(second), send("56789")});
  const Client client(without_retries());
  StreamingResponse response = client.send(get_of(server.url())).get();
  CHECK(read_exactly(response.body(), 4) == "1234");
  const Metrics early = response.metrics();
  CHECK(early.bytes_received == 4);
  CHECK(early.total > Metrics::Microseconds(0));
  CHECK(early.attempts == 1);
  CHECK(early.protocol == ProtocolVersion::http1_1);
  CHECK(early.remote_address.ip == "127.0.0.1");
  CHECK(early.remote_address.port == server.port());
  CHECK(early.local_address.port != 0);
  CHECK(eventually([&] { return response.metrics().total > early.total; }));
  second.open();
  CHECK(read_exactly(response.body(), 5) == "56789");
  CHECK(read_piece(response.body()).empty());
  const Metrics last = response.metrics();
  CHECK(last.bytes_received == 9);
  CHECK(last.total > early.total);
  CHECK(response.metrics().total == last.total);
  CHECK(last.remote_address == early.remote_address);
}

TEST_CASE("an error response is an HttpError where that is asked for, with its whole body") {
  ScriptedServer server({expect_request(), send(response(503, "not now")), again()});
  const Client client(without_retries());
  const Outcome outcome = outcome_of([&] {
    return client.send(get_with(server.url(), RequestConfig().set_raise_error_responses(true)))
        .get();
  });
  CHECK(outcome.http_error().response().status() == 503);
  CHECK(outcome.http_error().response().body() == "not now");
  StreamingResponse response = client.send(get_of(server.url())).get();
  CHECK(response.status() == 503);
  CHECK_FALSE(response.is_success());
  CHECK(response.body().text() == "not now");
}

TEST_CASE("a retry that succeeds gives its response, of the first nothing is seen") {
  ScriptedServer server({expect_request(), send(response(200, "second"))});
  server.on_connection(
      0, {expect_request(), send(response(503, "first", "connection: close\r\n")), close()});
  const Client client(test_configuration());
  StreamingResponse response =
      client.send(get_with(server.url(), RequestConfig().set_retry_statuses({503}))).get();
  CHECK(response.status() == 200);
  CHECK(response.body().text() == "second");
  CHECK(response.metrics().attempts == 2);
}

TEST_CASE("a connection whose body was read to its end is used again") {
  DynamicServer server;
  const Client client(without_retries());
  for (int i = 0; i < 3; ++i) {
    StreamingResponse response = client.send(get_of(server.url("/bytes/100000"))).get();
    CHECK(response.body().discard() == 100'000);
  }
  CHECK(server.connections() == 1);
}
