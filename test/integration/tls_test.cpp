// TLS and HTTP/2.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// "<connection's number> <request's number> <protocol>", apart.
struct About {
  explicit About(const std::string& body)
      : connection(body.substr(0, body.find(' '))), protocol(body.substr(body.rfind(' ') + 1)) {}
  std::string connection;
  std::string protocol;
};

}  // namespace

TEST_CASE("HTTP/2 is negotiated where the server has it, else HTTP/1.1") {
  NginxServer modern({.identity = certificates().good()});
  NginxServer old({.identity = certificates().good(), .http2 = false});
  RunningProcessor processor(trusting());
  CHECK(About(processor.get(modern.tls_url("/about")).body()).protocol == "HTTP/2.0");
  CHECK(About(processor.get(old.tls_url("/about")).body()).protocol == "HTTP/1.1");
  CHECK(About(processor.get(modern.url("/about")).body()).protocol == "HTTP/1.1");
}

TEST_CASE("a burst to one HTTP/2 server uses one connection") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor processor(trusting());
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 100; ++i) handlers.push_back(processor.begin_get(server.tls_url("/about")));
  std::set<std::string> connections;
  for (const auto& handler : handlers)
    connections.insert(About(handler->outcome().body()).connection);
  CHECK(connections.size() == 1);
  CHECK(server.accepted_connections() == 1);
}

TEST_CASE("more requests than the server allows streams all come through") {
  NginxServer server({.http2_max_concurrent_streams = 4, .identity = certificates().good()});
  RunningProcessor processor(trusting());
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 60; ++i) handlers.push_back(processor.begin_get(server.tls_url("/tiny")));
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "ok");
}

TEST_CASE("requests survive a server that ends HTTP/2 connections after a few requests") {
  NginxServer server({.keepalive_requests = 5, .identity = certificates().good()});
  RunningProcessor processor(trusting().set_retries(3));
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 50; ++i) handlers.push_back(processor.begin_get(server.tls_url("/tiny")));
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "ok");
  CHECK(server.accepted_connections() >= 10);
}

TEST_CASE("bodies and headers survive HTTP/2") {
  NginxServer server(
      {.identity = certificates().good(),
       .locations = "location = /agent { return 200 \"$http_user_agent $http_x_request_id\"; }"});
  server.write_file("large", std::string(900'000, 'L'));
  RunningProcessor processor(trusting());
  CHECK(processor.get(server.tls_url("/large")).body() == std::string(900'000, 'L'));
  CHECK(processor.get(server.tls_url("/gzip/large")).body().size() == 900'000);
  const Outcome outcome = processor.run(Request::get(server.tls_url("/agent")).build(), {},
                                        {.raise_error_responses = {}, .id = "h2-id"});
  CHECK(outcome.body() == "AsyncHttpPool h2-id");
  CHECK(processor.run(Request::head(server.tls_url("/large")).build())
            .response()
            .headers()
            .get("content-length") == "900000");
}

TEST_CASE("a server that cannot prove who it is gets no request, localhost is no exception") {
  struct Row {
    const char* title;
    const ServerIdentity& identity;
  };
  const Row rows[] = {{"hard case 113: self-signed", certificates().self_signed()},
                      {"hard case 114: expired", certificates().expired()},
                      {"hard case 115: for another host", certificates().wrong_host()}};
  RunningProcessor processor(trusting());
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.title) {
      NginxServer server({.identity = row.identity});
      const Outcome by_name = processor.get(server.tls_url("/tiny"));
      CHECK(by_name.summary() == "ssl tls_verification");
      CHECK_FALSE(by_name.error().message().empty());
      CHECK(processor.get("https://127.0.0.1:" + std::to_string(server.tls_port()) + "/tiny")
                .summary() == "ssl tls_verification");
    }
  }
}

TEST_CASE("hard case 113: an authority that is not trusted") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor other(trusting().set_ca_file(certificates().other_ca_file()));
  CHECK(other.get(server.tls_url("/tiny")).summary() == "ssl tls_verification");
  RunningProcessor of_the_system(test_configuration().set_retries(0));
  CHECK(of_the_system.get(server.tls_url("/tiny")).summary() == "ssl tls_verification");
  RunningProcessor trusting_it(trusting());
  CHECK(trusting_it.get(server.tls_url("/tiny")).body() == "ok");
  CHECK(
      trusting_it.get("https://127.0.0.1:" + std::to_string(server.tls_port()) + "/tiny").body() ==
      "ok");
}

TEST_CASE("a failed verification is not retried") {
  NginxServer server({.identity = certificates().expired()});
  RunningProcessor processor(trusting().set_retries(3));
  CHECK(processor.get(server.tls_url("/tiny")).summary() == "ssl tls_verification");
  CHECK(server.accepted_connections() == 1);
}

TEST_CASE("hard case 118: nothing older than TLS 1.2 is spoken") {
  NginxServer old({.identity = certificates().good(), .tls_protocols = "TLSv1 TLSv1.1"});
  NginxServer twelve({.identity = certificates().good(), .tls_protocols = "TLSv1.2"});
  RunningProcessor processor(trusting());
  CHECK(processor.get(old.tls_url("/tiny")).summary() == "ssl tls_handshake");
  CHECK(processor.get(twelve.tls_url("/tiny")).body() == "ok");
}

TEST_CASE("hard case 116: a server without TLS") {
  ScriptedServer server({send(response(200, "plain")), close()});
  RunningProcessor processor(trusting());
  const std::string address = "localhost:" + std::to_string(server.port()) + "/";
  CHECK(processor.get("https://" + address).summary() == "ssl tls_handshake");
  CHECK(server.requests().empty());
  CHECK(processor.get("http://" + address).body() == "plain");
}

TEST_CASE("hard case 117: a server that talks nonsense in the handshake") {
  ScriptedServer server({send(std::string(3000, '\x17')), close()});
  RunningProcessor processor(trusting());
  CHECK(processor.get("https://localhost:" + std::to_string(server.port()) + "/").summary() ==
        "ssl tls_handshake");
}

TEST_CASE("hard case 120: a file of authorities that is missing is an error of the configuration") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor processor(trusting().set_ca_file("/nonexistent/ca.pem").set_retries(3));
  CHECK(processor.get(server.tls_url("/tiny")).summary() == "ssl tls_configuration");
}

TEST_CASE("hard case 123: plain HTTP to a TLS port gets the server's own answer") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor processor(trusting());
  CHECK(processor.get("http://localhost:" + std::to_string(server.tls_port()) + "/tiny").status() ==
        400);
}
