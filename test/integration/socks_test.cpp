// Requests through SOCKS proxies.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/socks_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Configuration through(const std::string& proxy_url) {
  return test_configuration().set_retries(0).set_proxy_url(proxy_url);
}

std::string named(const DynamicServer& server, const std::string& host) {
  return "http://" + host + ":" + std::to_string(server.port()) + "/echo";
}

}  // namespace

TEST_CASE("isahc: socks4_proxy; each kind of SOCKS looks names up where it says") {
  struct Row {
    std::string scheme;
    int version;
    std::string host;
    bool proxy_gets_name;
  };
  // The proxy leads everywhere; only those that leave the look-up to it can ask for a name that is
  // nowhere.
  const Row rows[] = {{"socks4", 4, "localhost", false},
                      {"socks4a", 4, "origin.nowhere.test", true},
                      {"socks5", 5, "localhost", false},
                      {"socks5h", 5, "origin.nowhere.test", true}};
  for (const Row& row : rows) {
    INFO(row.scheme);
    SocksServer proxy;
    DynamicServer server;
    RunningProcessor processor(through(proxy.url(row.scheme)));
    REQUIRE(processor.get(named(server, row.host)).status() == 200);
    REQUIRE(proxy.requests().size() == 1);
    const SocksRequest request = proxy.requests().front();
    CHECK(request.version == row.version);
    CHECK(request.is_name == row.proxy_gets_name);
    CHECK(request.host == (row.proxy_gets_name ? row.host : "127.0.0.1"));
    CHECK(request.port == server.port());
    // The server is spoken to as if there were no proxy.
    CHECK(server.requests().front().target == "/echo");
    CHECK(server.requests().front().header("host") ==
          row.host + ":" + std::to_string(server.port()));
  }
}

TEST_CASE("a name that only a SOCKS proxy could know fails where it is looked up here") {
  SocksServer proxy;
  DynamicServer server;
  RunningProcessor processor(through(proxy.url("socks5")));
  CHECK(processor.get(named(server, "origin.nowhere.test")).is_error());
  CHECK(proxy.requests().empty());
  CHECK(server.connections() == 0);
}

TEST_CASE("credentials go to a SOCKS proxy and not to the server") {
  SocksServer proxy({.username = "us@er", .password = "pa:ss"});
  DynamicServer server;
  RunningProcessor processor(through(proxy.url("socks5h", "us%40er:pa%3Ass@")));
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  CHECK(proxy.requests().front().username == "us@er");
  CHECK(proxy.requests().front().password == "pa:ss");
  CHECK_FALSE(server.requests().front().headers.contains("authorization"));
  CHECK_FALSE(server.requests().front().headers.contains("proxy-authorization"));
}

TEST_CASE("TLS is made with the server behind a SOCKS proxy, and verified") {
  const Certificates certificates;
  NginxServer good({.identity = certificates.good()});
  NginxServer bad({.identity = certificates.wrong_host()});
  SocksServer proxy;
  RunningProcessor processor(through(proxy.url("socks5h")).set_ca_file(certificates.ca_file()));
  CHECK(processor.get(good.tls_url("/tiny")).body() == "ok");
  CHECK(processor.get(bad.tls_url("/tiny")).summary() == "ssl tls_verification");
}

TEST_CASE(
    "hard case 110: a SOCKS proxy that refuses, closes or is not there is told from a server") {
  const std::string target = "http://origin.nowhere.test/";
  for (const std::string scheme : {"socks4a", "socks5h"}) {
    INFO(scheme);
    SocksServer refusing({.refuses = true});
    CHECK(RunningProcessor(through(refusing.url(scheme))).get(target).summary() ==
          "connection proxy_failure");
    CHECK(refusing.requests().size() == 1);
    SocksServer closing({.closes = true});
    CHECK(RunningProcessor(through(closing.url(scheme))).get(target).summary() ==
          "connection proxy_failure");
    const std::string absent = scheme + "://127.0.0.1:" + std::to_string(free_port());
    CHECK(RunningProcessor(through(absent)).get(target).summary() == "connection proxy_failure");
  }
  SocksServer strict({.username = "user", .password = "right"});
  RunningProcessor wrong(through(strict.url("socks5h", "user:s3cret@")));
  const Outcome outcome = wrong.get(target);
  CHECK(outcome.summary() == "connection proxy_failure");
  CHECK(outcome.error().to_json().find("s3cret") == std::string::npos);
}

TEST_CASE("a server that fails behind a SOCKS proxy is not taken for the proxy") {
  DynamicServer server;
  SocksServer proxy;
  RunningProcessor processor(through(proxy.url("socks5h")));
  CHECK(processor.get(server.url("/status/502")).status() == 502);
  CHECK(processor.get(server.url("/status/407")).status() == 407);
}
