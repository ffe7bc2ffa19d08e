// Options that decide about connections: which are made, used again and how they behave.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/nginx_server.hpp"
#include "support/raw_listener.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Of this process, which the servers of these tests are in as well.
int client_socket_to(std::uint16_t port) {
  constexpr int descriptors_max = 4096;
  for (int fd = 0; fd < descriptors_max; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) return fd;
  }
  return -1;
}

int socket_option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

}  // namespace

TEST_CASE("fresh_connection makes one although another is idle, which stays") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  REQUIRE(processor.get(server.url()).body() == "ok");
  REQUIRE(
      processor.run(get_with(server.url(), RequestConfig().set_fresh_connection(true))).body() ==
      "ok");
  CHECK(server.connections() == 2);
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("no_reuse closes the connection after the request") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  REQUIRE(processor.run(get_with(server.url(), RequestConfig().set_no_reuse(true))).body() == "ok");
  CHECK(server.wait_for_peer_close(0));
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.connections() == 2);
  CHECK_FALSE(server.peer_closed(1));
}

TEST_CASE("no_reuse may be the client's, and a request may want it otherwise") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(
      test_configuration().set_request_config(RequestConfig().set_no_reuse(true)));
  const Request keeping = get_with(server.url(), RequestConfig().set_no_reuse(false));
  REQUIRE(processor.run(keeping).body() == "ok");
  REQUIRE(processor.run(keeping).body() == "ok");
  CHECK(server.connections() == 1);
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("hard case 111: sockets probe their peer, and send small packets at once, as told") {
  RunningProcessor processor;
  ScriptedServer usual(ok_each_time());
  REQUIRE(processor.get(usual.url()).body() == "ok");
  const int of_usual = client_socket_to(usual.port());
  CHECK(socket_option(of_usual, SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(socket_option(of_usual, IPPROTO_TCP, TCP_KEEPIDLE) == 60);
  CHECK(socket_option(of_usual, IPPROTO_TCP, TCP_KEEPINTVL) == 60);
  CHECK(socket_option(of_usual, IPPROTO_TCP, TCP_NODELAY) == 1);

  ScriptedServer other(ok_each_time());
  REQUIRE(processor
              .run(get_with(
                  other.url(),
                  RequestConfig().set_tcp_keepalive(Milliseconds(6500)).set_tcp_nodelay(false)))
              .body() == "ok");
  const int of_other = client_socket_to(other.port());
  CHECK(socket_option(of_other, IPPROTO_TCP, TCP_KEEPIDLE) == 7);
  CHECK(socket_option(of_other, IPPROTO_TCP, TCP_KEEPINTVL) == 7);
  CHECK(socket_option(of_other, IPPROTO_TCP, TCP_NODELAY) == 0);

  ScriptedServer silent(ok_each_time());
  const RequestConfig off = RequestConfig().set_tcp_keepalive(Milliseconds(0));
  REQUIRE(processor.run(get_with(silent.url(), off)).body() == "ok");
  CHECK(socket_option(client_socket_to(silent.port()), SOL_SOCKET, SO_KEEPALIVE) == 0);
}

TEST_CASE("a connection goes out by the interface or address asked for, and is not mixed up") {
  RawListener listener;
  RunningProcessor processor;
  const auto ask = [&](const RequestConfig& config) {
    const auto handler = processor.begin(get_with(url_at("127.0.0.1", listener.port()), config));
    const Descriptor connection = listener.accept();
    const std::string peer = listener.peer_address(connection);
    REQUIRE(listener.receive_head(connection).starts_with("GET / "));
    REQUIRE(send_all(connection, response(200, "ok")));
    CHECK(handler->outcome().body() == "ok");
    return peer;
  };
  CHECK(ask(RequestConfig()) == "127.0.0.1");
  CHECK(ask(RequestConfig().set_interface("127.0.0.2")) == "127.0.0.2");
  CHECK(ask(RequestConfig().set_interface("127.0.0.3")) == "127.0.0.3");

  // 198.51.100.0/24 is for documentation: no machine has it.
  const RequestConfig foreign = RequestConfig().set_interface("198.51.100.1").set_retries(0);
  CHECK(processor.run(get_with(url_at("127.0.0.1", listener.port()), foreign)).is_error());
  const RequestConfig absent = RequestConfig().set_interface("nosuchif0").set_retries(0);
  CHECK(processor.run(get_with(url_at("127.0.0.1", listener.port()), absent)).is_error());
}

TEST_CASE("a connection by an interface that a request asked for serves no other request") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  const Request by_another = get_with(server.url(), RequestConfig().set_interface("127.0.0.2"));
  for (int round = 0; round < 2; ++round) {
    REQUIRE(processor.run(by_another).body() == "ok");
    REQUIRE(processor.get(server.url()).body() == "ok");
  }
  CHECK(server.connections() == 3);  // the second one was used twice
}

TEST_CASE("what a name is in one family is not remembered for requests of another or of both") {
  if (!has_ipv6_loopback()) return;
  ScriptedServer server(ok_each_time());  // on 127.0.0.1 alone
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string url = url_at("name.both.test", server.port());
  const auto summary_by = [&](const RequestConfig& config) {
    return processor.run(get_with(url, RequestConfig(config).set_fresh_connection(true))).summary();
  };
  const RequestConfig by_v6 = RequestConfig().set_ip_family(IpFamily::ipv6);
  const RequestConfig by_v4 = RequestConfig().set_ip_family(IpFamily::ipv4);
  for (int round = 0; round < 2; ++round) {
    CHECK(summary_by(by_v6) == "connection connection_refused");
    CHECK(summary_by({}) == "response 200");
    CHECK(summary_by(by_v4) == "response 200");
  }
}

TEST_CASE("only addresses of the family asked for count, also for connections that stand") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string url = url_at("localhost", server.port());
  const Request by_v4 = get_with(url, RequestConfig().set_ip_family(IpFamily::ipv4));
  const Request by_v6 = get_with(url, RequestConfig().set_ip_family(IpFamily::ipv6));
  REQUIRE(processor.run(by_v4).body() == "ok");
  CHECK(processor.run(by_v6).error_type() == ErrorType::connection);
  REQUIRE(processor.get(url).body() == "ok");
  CHECK(processor.run(by_v6).error_type() == ErrorType::connection);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("hard case 98: where nobody listens the other address of the name is tried") {
  if (!has_ipv6_loopback()) return;
  ScriptedServer server(ok_each_time());  // on 127.0.0.1 alone
  RunningProcessor processor(test_configuration().set_retries(0));
  CHECK(processor.get(url_at("name.both.test", server.port())).body() == "ok");
}

TEST_CASE("hard case 100: a dead first address costs no more than happy_eyeballs_timeout") {
  if (!has_ipv6_loopback()) return;
  ScriptedServer server(ok_each_time());
  const FullIpv6Listener dead(server.port());
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string url = url_at("name.both.test", server.port());

  const RequestConfig patient = RequestConfig()
                                    .set_happy_eyeballs_timeout(Milliseconds(60'000))
                                    .set_connect_timeout(Milliseconds(600))
                                    .set_fresh_connection(true);
  CHECK(processor.run(get_with(url, patient)).error_type() == ErrorType::timeout);
  CHECK(server.connections() == 0);
  const auto begin = Clock::now();
  CHECK(processor.run(get_with(url, RequestConfig().set_happy_eyeballs_timeout(400ms))).body() ==
        "ok");
  CHECK(Clock::now() - begin >= 350ms);
  CHECK(processor.run(get_with(url, RequestConfig().set_fresh_connection(true))).body() == "ok");
}

TEST_CASE("the address of a name is remembered for dns_cache_time") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(
      test_configuration().set_request_config(RequestConfig().set_fresh_connection(true)));
  const std::string url = url_at("remembered.slow.test", server.port());
  REQUIRE(processor.get(url).body() == "ok");
  SlowResolver resolver;
  CHECK(processor.get(url).body() == "ok");
  CHECK_FALSE(resolver.wait_for_blocked(1, 0ms));
  const auto handler =
      processor.begin(get_with(url, RequestConfig().set_dns_cache_time(Milliseconds(0))));
  CHECK(resolver.wait_for_blocked(1));
  resolver.open();
  CHECK(handler->outcome().body() == "ok");
}

TEST_CASE("a unix socket is connected to instead of the URL's host, once for each request") {
  UnixListener listener;
  RunningProcessor processor(test_configuration().set_retries(0));
  const RequestConfig config = RequestConfig().set_unix_socket(listener.path());
  for (int i = 0; i < 3; ++i) {
    const auto handler = processor.begin(get_with("http://name.nowhere.test/path", config));
    const Descriptor connection = listener.accept();
    const std::string head = listener.receive_head(connection);
    CHECK(head.starts_with("GET /path HTTP/1.1\r\n"));
    CHECK(head.find("\r\nHost: name.nowhere.test\r\n") != std::string::npos);
    REQUIRE(send_all(connection, response(200, std::string(100'000, 'u'))));
    CHECK(handler->outcome().body() == std::string(100'000, 'u'));
    CHECK(listener.receive_head(connection).empty());  // closed
  }
  CHECK(processor.get("http://name.nowhere.test/path").error_code() == ErrorCode::name_resolution);
  const RequestConfig absent = RequestConfig().set_unix_socket(listener.path() + ".absent");
  CHECK(processor.run(get_with("http://name.nowhere.test/", absent)).summary() ==
        "connection connection_refused");
}

TEST_CASE("connect_to leads elsewhere, redirects too, and the request names the URL's host") {
  ScriptedServer server(
      {expect_request(), send(response(302, "", "location: http://b.test/\r\n")), close()});
  server.on_connection(1, ok_each_time());
  RunningProcessor processor(test_configuration().set_retries(0));
  const RequestConfig config =
      RequestConfig().set_connect_to("127.0.0.1:" + std::to_string(server.port()));
  CHECK(processor.run(get_with("http://a.nowhere.test:81/x", config)).body() == "ok");
  CHECK(server.requests().front().header("host") == "a.nowhere.test:81");
  CHECK(server.requests().back().header("host") == "b.test");
  // The connection that stands is not lent to who did not ask for that route.
  CHECK(processor.get("http://b.test/").error_code() == ErrorCode::name_resolution);
  CHECK(processor.run(get_with("http://b.test/", config)).body() == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("an address of `resolve` is known to its request alone") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string port = std::to_string(server.port());
  const std::string url = url_at("name.nowhere.test", server.port());
  const RequestConfig knowing =
      RequestConfig().set_resolve({"Name.nowhere.test:" + port + ":127.0.0.1"});

  // Before it, after it, and while its connection is idle.
  CHECK(processor.get(url).error_code() == ErrorCode::name_resolution);
  CHECK(processor.run(get_with(url, knowing)).body() == "ok");
  CHECK(server.requests().back().header("host") == "name.nowhere.test:" + port);
  CHECK(processor.get(url).error_code() == ErrorCode::name_resolution);
  const RequestConfig fresh = RequestConfig().set_fresh_connection(true);
  CHECK(processor.run(get_with(url, fresh)).error_code() == ErrorCode::name_resolution);
  CHECK(processor.run(get_with(url, knowing)).body() == "ok");
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 2);

  // What it knows of other ports and names changes nothing.
  const RequestConfig other = RequestConfig().set_resolve(
      {"name.nowhere.test:1:127.0.0.1", "nowhere.test:" + port + ":127.0.0.1"});
  CHECK(processor.run(get_with(url, other)).error_code() == ErrorCode::name_resolution);
}

TEST_CASE("a connection to the real address of a name is not lent to who knows another") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string port = std::to_string(server.port());
  const std::string url = url_at("name.local.test", server.port());
  REQUIRE(processor.get(url).body() == "ok");
  // Nobody listens there.
  const RequestConfig knowing =
      RequestConfig().set_resolve({"name.local.test:" + port + ":127.0.0.2"});
  CHECK(processor.run(get_with(url, knowing)).summary() == "connection connection_refused");
  CHECK(processor.get(url).body() == "ok");
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("an address of `resolve` is verified in TLS under its name") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  RunningProcessor processor(
      test_configuration().set_retries(0).set_ca_file(certificates.ca_file()));
  const std::string port = std::to_string(server.tls_port());
  const RequestConfig knowing = RequestConfig().set_resolve({"other.test:" + port + ":127.0.0.1"});
  CHECK(processor.run(get_with("https://other.test:" + port + "/tiny", knowing)).summary() ==
        "ssl tls_verification");
}

TEST_CASE("http_version decides what is spoken, and which connections are used again") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const auto spoken = [&](HttpVersion version) {
    const std::string body =
        processor.run(get_with(server.tls_url("/about"), RequestConfig().set_http_version(version)))
            .body();
    return body.substr(body.rfind(' ') + 1);
  };
  CHECK(spoken(HttpVersion::automatic) == "HTTP/2.0");
  CHECK(spoken(HttpVersion::http1_1) == "HTTP/1.1");
  CHECK(spoken(HttpVersion::http1_0) == "HTTP/1.0");

  ScriptedServer plain(ok_each_time());
  const RequestConfig old = RequestConfig().set_http_version(HttpVersion::http1_0);
  REQUIRE(processor.run(get_with(plain.url(), old)).body() == "ok");
  CHECK(plain.requests().back().version == "HTTP/1.0");
}

TEST_CASE("HTTP/2 is spoken without asking where libcurl can, and is a clear error elsewhere") {
  ScriptedServer server({expect_request(), close()});
  RunningProcessor processor(test_configuration().set_retries(0));
  const RequestConfig config = RequestConfig().set_http_version(HttpVersion::http2_prior_knowledge);
  const Outcome outcome = processor.run(get_with(server.url(), config));
  const bool is_old = std::string(library_versions()).starts_with("libcurl/7.");
  if (is_old) {
    CHECK(outcome.summary() == "unknown unsupported_option");
    CHECK(outcome.error().message() == "HTTP/2 with prior knowledge needs libcurl 8.0 or later");
    CHECK(server.connections() == 0);
  } else {
    CHECK(server.requests().front().method == "PRI");
  }
}

TEST_CASE("HTTP/3 is a clear error where libcurl has none") {
  if (std::string(library_versions()).find("ngtcp2") != std::string::npos) return;
  RunningProcessor processor;
  const RequestConfig config = RequestConfig().set_http_version(HttpVersion::http3);
  const Outcome outcome = processor.run(get_with("https://127.0.0.1:1/", config));
  CHECK(outcome.summary() == "unknown unsupported_option");
  CHECK(outcome.error().message() == "libcurl was built without HTTP/3");
}

TEST_CASE("a connection that was idle for longer than connection_idle_time is not used again") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  REQUIRE(processor.get(server.url()).body() == "ok");
  const auto begin = Clock::now();
  REQUIRE(eventually([&] { return Clock::now() - begin > 2100ms; }));
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(server.connections() == 1);
  const auto again = Clock::now();
  REQUIRE(eventually([&] { return Clock::now() - again > 2100ms; }));
  const RequestConfig hurried = RequestConfig().set_connection_idle_time(Milliseconds(700));
  REQUIRE(processor.run(get_with(server.url(), hurried)).body() == "ok");
  CHECK(server.connections() == 2);
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("hard case 106: a connection in use is given up when its lifetime is over") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  const Request request =
      get_with(server.url(), RequestConfig().set_connection_lifetime(Milliseconds(1000)));
  const auto begin = Clock::now();
  CHECK(eventually([&] {
    REQUIRE(processor.run(request).body() == "ok");
    return server.connections() > 1;
  }));
  CHECK(Clock::now() - begin >= 1s);
  CHECK(server.requests().size() > 2);
}
