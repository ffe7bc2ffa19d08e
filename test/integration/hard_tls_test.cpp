// Cases 15, 57, 123 and 125 of HARD-CASES.md: TLS that ends, begins and goes on in the wrong way.
// More of group F: tls_test, tls_handshake_test, tls_options_test.
#include "support/certificates.hpp"
#include "support/hard_case.hpp"
#include "support/tls_listener.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string endless = "HTTP/1.1 200 OK\r\n\r\nhalf";

/// The outcome of a request whose connection `serve` gets when the request is there.
template <typename Serve>
Outcome run_with(const TlsListener& server, RunningProcessor& processor, Serve serve) {
  const auto handler = processor.begin_get(server.url());
  TlsConnection connection = server.accept();
  REQUIRE(connection.receive_head().starts_with("GET / "));
  serve(connection);
  return handler->outcome();
}

}  // namespace

TEST_CASE("hard case 15: a body without a length ends with close_notify, and with nothing else") {
  const TlsListener server(certificates().good());
  RunningProcessor processor(trusting());
  const Outcome whole = run_with(server, processor, [](TlsConnection& connection) {
    connection.send(endless);
    connection.close();
  });
  CHECK(whole.body() == "half");
  const Outcome cut = run_with(server, processor, [](TlsConnection& connection) {
    connection.send(endless);
    connection.cut();
  });
  CHECK(cut.summary() == "connection truncated_response");
  const Outcome cut_with_length = run_with(server, processor, [](TlsConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    connection.cut();
  });
  CHECK(cut_with_length.summary() == "connection truncated_response");
  const Outcome complete = run_with(server, processor, [](TlsConnection& connection) {
    connection.send(response(200, "all of it"));
    connection.cut();
  });
  CHECK(complete.body() == "all of it");
}

TEST_CASE("hard case 57: without ALPN there is no HTTP/2, whatever the status line says") {
  const TlsListener server(certificates().good());
  RunningProcessor processor(trusting());
  const Outcome outcome = run_with(server, processor, [](TlsConnection& connection) {
    connection.send("HTTP/2 200 \r\ncontent-length: 2\r\n\r\nok");
  });
  CHECK(outcome.summary() == "unknown protocol_violation");
  const Outcome next = run_with(
      server, processor, [](TlsConnection& connection) { connection.send(response(200, "good")); });
  CHECK(next.body() == "good");
}

TEST_CASE("hard case 123: plain HTTP to a TLS port is an error, and not mistaken for a response") {
  // OpenSSL hangs up; nginx knows better (tls_test).
  const TlsListener server(certificates().good());
  RunningProcessor processor(trusting());
  std::string url = server.url();
  url.erase(url.find('s'), 1);
  const auto handler = processor.begin_get(url);
  CHECK_THROWS_WITH(server.accept(), Catch::Contains("http request"));
  const Outcome outcome = handler->outcome();
  CHECK(outcome.summary() == "connection connection_lost");
  const Outcome next = run_with(server, processor, [](TlsConnection& connection) {
    connection.send(response(200, "good"));
    connection.close();
  });
  CHECK(next.body() == "good");
}

TEST_CASE("hard case 125: a server may shake hands again before it answers, and the next time") {
  // TLS 1.2 only: 1.3 has no renegotiation.
  const TlsListener server(certificates().good());
  RunningProcessor processor(trusting());
  const auto first = processor.begin_get(server.url());
  TlsConnection connection = server.accept();
  static_cast<void>(connection.receive_head());
  connection.renegotiate();
  connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst");
  connection.renegotiate();
  connection.send(" half");
  CHECK(first->outcome().body() == "first half");
  const auto second = processor.begin_get(server.url());
  static_cast<void>(connection.receive_head());  // the connection is used again
  connection.send(response(200, "second"));
  CHECK(second->outcome().body() == "second");
}
