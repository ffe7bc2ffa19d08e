// deny_private_addresses: what services need that request URLs of their users.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/nginx_server.hpp"
#include "support/raw_listener.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr auto refused = "unknown forbidden_address";

RequestConfig guarded(const TextList& allowed = {}) {
  return RequestConfig().set_deny_private_addresses(true).set_allowed_addresses(allowed);
}

Configuration guarding(const TextList& allowed = {}) {
  return test_configuration().set_request_config(guarded(allowed));
}

}  // namespace

TEST_CASE("hard case 90: a private address is refused in every notation") {
  ScriptedServer server(ok_each_time());
  RunningProcessor unguarded;
  RunningProcessor processor(guarding());
  for (const std::string host :
       {"127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "0",
        "127.9.8.7", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
    INFO(host);
    CHECK(processor.get(url_at(host, server.port())).summary() == refused);
  }
  CHECK(server.connections() == 0);
  // Some of them reach the server where nothing is guarded.
  CHECK(unguarded.get(url_at("0x7f.1", server.port())).body() == "ok");
  CHECK(unguarded.get(url_at("2130706433", server.port())).body() == "ok");
}

TEST_CASE("private, link-local and metadata addresses are refused without a try") {
  RunningProcessor processor(guarding());
  for (const std::string host :
       {"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "[::1]", "[::]", "[fd00:ec2::254]", "[fe80::1]", "[ff02::1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]"}) {
    INFO(host);
    CHECK(processor.get("http://" + host + "/").summary() == refused);
  }
}

TEST_CASE("a name is what it resolves to, each time it is resolved") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(guarding());
  for (const std::string host : {"localhost", "rebound.local.test", "name.both.test"}) {
    INFO(host);
    const Outcome outcome = processor.get(url_at(host, server.port()));
    CHECK(outcome.summary() == refused);
    CHECK(outcome.error().message().ends_with(" is not public"));
  }
  // The address came in another request's time, and is remembered.
  const RequestConfig unguarded = RequestConfig().set_deny_private_addresses(false);
  const std::string url = url_at("other.local.test", server.port());
  REQUIRE(processor.run(get_with(url, unguarded)).body() == "ok");
  const RequestConfig fresh = RequestConfig().set_fresh_connection(true);
  CHECK(processor.run(get_with(url, fresh)).summary() == refused);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("what is refused is not tried again") {
  SlowResolver resolver;
  resolver.open();
  RunningProcessor processor(guarding().set_retries(100).set_retry_delay(1s));
  const auto begin = Clock::now();
  CHECK(processor.get("http://name.slow.test/").summary() == refused);
  CHECK(Clock::now() - begin < 5s);
}

TEST_CASE("hard case 84: a redirect to a private address is refused, whatever leads there") {
  for (const std::string target :
       {"http://169.254.169.254/latest/meta-data/", "http://127.0.0.2/", "http://10.0.0.1/",
        "http://[::ffff:127.0.0.2]/", "http://0x7f000002/", "http://[::1]/", "//192.168.1.1/x"}) {
    INFO(target);
    ScriptedServer server(
        {expect_request(), send(response(302, "", "location: " + target + "\r\n")), again()});
    RunningProcessor processor(guarding({"127.0.0.1"}));
    const Outcome outcome = processor.get(server.url());
    CHECK(outcome.summary() == refused);
    CHECK(outcome.error().url() != server.url());
  }
}

TEST_CASE("hard case 84: a name that another name redirects to is looked at as well") {
  ScriptedServer inner(ok_each_time());
  ScriptedServer outer(
      {expect_request(),
       send(response(307, "", "location: " + url_at("inner.local.test", inner.port()) + "\r\n")),
       again()});
  RunningProcessor open(guarding({"127.0.0.0/8"}));
  CHECK(open.get(url_at("outer.local.test", outer.port())).body() == "ok");
  // The first hop alone has an address that passes.
  const RequestConfig routed = guarded({"127.0.0.1"});
  RunningProcessor processor(test_configuration().set_request_config(routed));
  CHECK(processor.get(outer.url()).body() == "ok");
  CHECK(inner.requests().size() == 2);
}

TEST_CASE("allowed addresses pass, others of the same network do not") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(guarding({"127.0.0.1/32"}));
  CHECK(processor.get(server.url()).body() == "ok");
  CHECK(processor.get(url_at("name.local.test", server.port())).body() == "ok");
  CHECK(processor.get(server.url()).body() == "ok");
  CHECK(processor.get(url_at("127.0.0.2", server.port())).summary() == refused);
  CHECK(server.connections() == 2);
}

TEST_CASE("a connection to a private address is not lent to a guarded request") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  REQUIRE(processor.get(server.url()).body() == "ok");
  CHECK(processor.run(get_with(server.url(), guarded())).summary() == refused);
  CHECK(processor.run(get_with(server.url(), guarded({"10.0.0.0/8"}))).summary() == refused);
  CHECK(server.requests().size() == 1);
  CHECK(processor.run(get_with(server.url(), guarded({"127.0.0.1"}))).body() == "ok");
}

TEST_CASE("nor is one that many share, which goes on") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const std::string url = server.tls_url("/about");
  REQUIRE(processor.get(url).body().ends_with(" 1 HTTP/2.0"));
  CHECK(processor.run(get_with(url, guarded())).summary() == refused);
  CHECK(processor.get(url).body().ends_with(" HTTP/2.0"));
}

TEST_CASE("routes are guarded like names") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor(guarding());
  const std::string port = std::to_string(server.port());
  const std::string url = url_at("name.nowhere.test", server.port());
  CHECK(
      processor.run(get_with(url, RequestConfig().set_connect_to("127.0.0.1:" + port))).summary() ==
      refused);
  CHECK(processor
            .run(get_with(
                url, RequestConfig().set_resolve({"name.nowhere.test:" + port + ":127.0.0.1"})))
            .summary() == refused);
  const UnixListener listener;
  const RequestConfig local = RequestConfig().set_unix_socket(listener.path());
  CHECK(processor.run(get_with("http://8.8.8.8/", local)).summary() == refused);
  CHECK(server.connections() == 0);
}

TEST_CASE("through a proxy only public addresses are asked for, since it would look names up") {
  ScriptedServer proxy({expect_request(), send(response(200, "by proxy")), again()});
  const std::string proxy_url = url_at("127.0.0.1", proxy.port());
  RunningProcessor processor(guarding({"127.0.0.1"}).set_proxy_url(proxy_url));
  const Outcome named = processor.get("http://public.example/");
  CHECK(named.summary() == refused);
  CHECK(named.error().message() == "proxy would choose the address");
  for (const std::string host : {"10.0.0.1", "134744072", "[::1]", "localhost"}) {
    INFO(host);
    CHECK(processor.get("http://" + host + "/").summary() == refused);
  }
  CHECK(proxy.connections() == 0);
  CHECK(processor.get("http://8.8.8.8/").body() == "by proxy");
  CHECK(proxy.requests().front().target == "http://8.8.8.8/");
}

TEST_CASE("a client's proxy may be private, and stays so for URLs and a request's own proxy") {
  ScriptedServer proxy({expect_request(), send(response(200, "by proxy")), again()});
  const std::string proxy_url = url_at("127.0.0.1", proxy.port());
  RunningProcessor processor(guarding().set_proxy_url(proxy_url));
  CHECK(processor.get("http://8.8.8.8/").body() == "by proxy");
  CHECK(processor.get(proxy_url).summary() == refused);
  const RequestConfig direct = RequestConfig().set_no_proxy({"*"});
  CHECK(processor.run(get_with(proxy_url, direct)).summary() == refused);
  const RequestConfig own = RequestConfig().set_proxy_url(proxy_url);
  CHECK(processor.run(get_with("http://8.8.8.8/", own)).summary() == refused);
  CHECK(proxy.requests().size() == 1);
}

TEST_CASE("that one address of a name was refused does not hide what became of another") {
  if (!has_ipv6_loopback()) return;
  const std::uint16_t closed = ScriptedServer().port();
  RunningProcessor processor(guarding({"127.0.0.1"}).set_retries(0));
  CHECK(processor.get(url_at("name.both.test", closed)).summary() ==
        "connection connection_refused");
}
