// The test servers themselves: what they promise, checked with sockets and no client of ours.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/nginx_server.hpp"
#include "support/outcome_ledger.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/value.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Sends `bytes` to a port; the connection is open while this lives.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(connect_to_loopback(port)) {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void send(std::string_view bytes) { REQUIRE(send_all(socket_, bytes)); }
  /// Reads until `text` has come; all that has come so far.
  std::string read_until(std::string_view text) {
    while (received_.find(text) == std::string::npos && read_some() > 0) {
    }
    return received_;
  }
  /// Reads to the end; returns the errno of the end, 0 for an orderly one.
  int read_to_end() {
    ssize_t size = 0;
    while ((size = read_some()) > 0) {
    }
    return size == 0 ? 0 : errno;
  }
  [[nodiscard]] const std::string& received() const { return received_; }

 private:
  ssize_t read_some() {
    std::array<char, 4096> buffer;
    const ssize_t size = ::recv(socket_.number(), buffer.data(), buffer.size(), 0);
    if (size > 0) received_.append(buffer.data(), static_cast<std::size_t>(size));
    return size;
  }

  Descriptor socket_;
  std::string received_;
};

int resolve(const char* name) {
  addrinfo* result = nullptr;
  const int error = ::getaddrinfo(name, "80", nullptr, &result);
  if (error == 0) ::freeaddrinfo(result);
  return error;
}

constexpr std::string_view get = "GET /tiny HTTP/1.1\r\nhost: x\r\n\r\n";

}  // namespace

TEST_CASE("take_request takes one request after the other, with bodies by length and in chunks") {
  std::string bytes =
      "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPUT /b?c HTTP/1.1\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "2\r\nxy\r\n0\r\n\r\nGET / HT";
  auto request = take_request(bytes);
  REQUIRE(request);
  CHECK(request->method == "POST");
  CHECK(request->body == "abc");
  request = take_request(bytes);
  REQUIRE(request);
  CHECK(request->target == "/b?c");
  CHECK(request->body == "xy");
  CHECK_FALSE(take_request(bytes));
  CHECK(bytes == "GET / HT");
}

TEST_CASE("NginxServer answers, counts the connections of others and speaks TLS") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  server.write_file("file", "content");
  CHECK(server.accepted_connections() == 0);
  RawClient client(server.port());
  client.send(get);
  CHECK(client.read_until("\r\n\r\nok").find("HTTP/1.1 200") == 0);
  client.send("GET /file HTTP/1.1\r\nhost: x\r\n\r\n");
  CHECK(client.read_until("content").ends_with("content"));
  CHECK(server.accepted_connections() == 1);
  RawClient tls_client(server.tls_port());
  tls_client.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(tls_client.read_until("</html>").find("The plain HTTP request was sent to HTTPS port") !=
        std::string::npos);
}

TEST_CASE("NginxServer shows its log when the configuration is refused") {
  CHECK_THROWS_WITH(NginxServer({.locations = "nonsense on;"}),
                    Catch::Contains("unknown directive \"nonsense\""));
}

TEST_CASE("DynamicServer keeps connections, records requests and echoes them") {
  DynamicServer server;
  server.route("/mine", [](const ReceivedRequest& request) {
    return Reply{.status = 201, .body = request.target};
  });
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nX-A: 1\r\ncontent-length: 2\r\n\r\nhi");
  const std::string answer = client.read_until("}");
  const Value echo = Value::from_json(answer.substr(answer.find("\r\n\r\n") + 4));
  CHECK(echo.find("method")->as_string() == "POST");
  CHECK(echo.find("body")->as_string() == "hi");
  CHECK(echo.find("body_base64")->as_string() == "aGk=");
  client.send("GET /mine?x HTTP/1.1\r\nconnection: close\r\n\r\n");
  CHECK(client.read_to_end() == 0);
  CHECK(client.received().find("201") != std::string::npos);
  CHECK(client.received().ends_with("/mine?x"));
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("DynamicServer holds many requests and lets all go") {
  DynamicServer server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send("GET /hold HTTP/1.1\r\n\r\n");
  }
  REQUIRE(server.wait_for_requests(64));
  server.release();
  for (const auto& client : clients) CHECK(client->read_until("held").ends_with("held"));
}

TEST_CASE("DynamicServer ends although requests are held and connections are idle") {
  auto server = std::make_unique<DynamicServer>();
  RawClient held(server->port());
  held.send("GET /hold HTTP/1.1\r\n\r\n");
  const RawClient idle(server->port());
  REQUIRE(server->wait_for_requests(1));
  server.reset();
  SUCCEED("it returned");
}

TEST_CASE("ScriptedServer follows its scripts") {
  Gate gate;
  ScriptedServer server({expect_request(), send(response(200, "other")), again()});
  server.on_connection(0, {expect_request(), send("one"), wait_for(gate), send("two"), close()});
  server.on_connection(1, {expect_request(), send_slowly("abc", 1ms), reset()});

  RawClient first(server.port());
  REQUIRE(server.wait_for_connections(1));
  first.send(get);
  CHECK(first.read_until("one") == "one");
  gate.open();
  CHECK(first.read_to_end() == 0);
  CHECK(first.received() == "onetwo");

  RawClient second(server.port());
  second.send(get);
  CHECK(second.read_until("abc") == "abc");
  CHECK(second.read_to_end() == ECONNRESET);

  {
    RawClient third(server.port());
    third.send(get);
    third.read_until("other");
    third.send(get);
    REQUIRE(server.wait_for_requests(4));
    CHECK(server.requests()[3].connection == 2);
    CHECK_FALSE(server.peer_closed(2));
  }
  CHECK(server.wait_for_peer_close(2));
}

TEST_CASE("ScriptedServer carries bytes through a tunnel") {
  DynamicServer target;
  ScriptedServer proxy(
      {expect_request(), send("HTTP/1.1 200 Go\r\n\r\n"), tunnel_to(target.port())});
  RawClient client(proxy.port());
  client.send("CONNECT x:80 HTTP/1.1\r\n\r\n");
  client.read_until("Go\r\n\r\n");
  client.send("GET /redirect/0 HTTP/1.1\r\nconnection: close\r\n\r\n");
  CHECK(client.read_to_end() == 0);
  CHECK(client.received().ends_with("arrived"));
  CHECK(proxy.requests().size() == 1);
}

TEST_CASE("no name is ever looked up in the DNS") {
  CHECK(resolve("localhost") == 0);
  CHECK(resolve("127.0.0.1") == 0);
  CHECK(resolve("a.local.test") == 0);
  CHECK(resolve("a.slow.test") == 0);
  CHECK(resolve("a.nowhere.test") == EAI_NONAME);
  CHECK(resolve("example.com") == EAI_NONAME);
}

TEST_CASE("a SlowResolver blocks slow names until it is opened") {
  SlowResolver resolver;
  auto lookup = std::async(std::launch::async, [] { return resolve("b.slow.test"); });
  REQUIRE(resolver.wait_for_blocked(1));
  CHECK(resolve("c.local.test") == 0);
  resolver.open();
  CHECK(lookup.get() == 0);
}

TEST_CASE("an OutcomeLedger finds what came twice, never or for nobody") {
  const auto ledger = OutcomeLedger::create();
  ledger->handler("once")->retry();
  CHECK(ledger->check_exactly_once({"once"}).empty());
  CHECK(ledger->check_exactly_once({"once", "never"}) == "never has 0 outcomes; ");
  CHECK(ledger->check_exactly_once({}) == "once is unknown; ");
  ledger->handler("once")->retry();
  CHECK(ledger->check_exactly_once({"once"}) == "once has 2 outcomes; ");
  CHECK(ledger->totals().given_back == 2);
}
