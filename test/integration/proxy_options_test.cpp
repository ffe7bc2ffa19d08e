// Which requests go through which proxy, and that connections are kept apart by it.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/environment_variable.hpp"
#include "support/loaded_curl.hpp"
#include "support/nginx_server.hpp"
#include "support/raw_listener.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/socks_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::string url_of(const ScriptedServer& proxy, const std::string& credentials = "") {
  return "http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port());
}

Script answering(const std::string& body) {
  return {expect_request(), send(response(200, body)), again()};
}

RequestConfig by_proxy(const std::string& url) { return RequestConfig().set_proxy_url(url); }

Configuration client(const RequestConfig& config) {
  return test_configuration().set_retries(0).set_request_config(config);
}

}  // namespace

TEST_CASE("isahc: http_proxy and no_proxy; a request has a proxy of its own, or none") {
  ScriptedServer of_client(answering("of the client"));
  ScriptedServer of_request(answering("of the request"));
  DynamicServer server;
  RunningProcessor processor(client(by_proxy(url_of(of_client))));
  const std::string url = server.url("/redirect/0");
  for (int round = 0; round < 2; ++round) {
    CHECK(processor.get(url).body() == "of the client");
    CHECK(processor.run(get_with(url, by_proxy(url_of(of_request)))).body() == "of the request");
    CHECK(processor.run(get_with(url, by_proxy(""))).body() == "arrived");
  }
  // In the second round each went by its own connection again.
  CHECK(of_client.connections() == 1);
  CHECK(of_request.connections() == 1);
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection made through one kind of proxy is not used for another or none") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good(), .http2 = false});
  SocksServer socks;
  ScriptedServer tunnel(
      {expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), tunnel_to(server.tls_port())});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const std::string url = server.tls_url("/about");
  std::vector<std::string> connections;
  for (const std::string& proxy :
       {std::string(), socks.url("socks5h"), socks.url("socks4a"), url_of(tunnel)}) {
    INFO(proxy);
    const std::string first = processor.run(get_with(url, by_proxy(proxy))).body();
    const std::string second = processor.run(get_with(url, by_proxy(proxy))).body();
    const std::string number = first.substr(0, first.find(' '));
    CHECK(second.starts_with(number + " 2"));  // used again by what is alike
    CHECK(std::ranges::find(connections, number) == connections.end());
    connections.push_back(number);
  }
  CHECK(socks.requests().size() == 2);
  CHECK(tunnel.connections() == 1);
}

TEST_CASE("a SOCKS connection made with some credentials is not used with others") {
  SocksServer proxy({.username = "user", .password = "right"});
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string url = server.url("/echo");
  CHECK(processor.run(get_with(url, by_proxy(proxy.url("socks5h", "user:right@")))).status() ==
        200);
  CHECK(processor.run(get_with(url, by_proxy(proxy.url("socks5h", "user:wrong@")))).summary() ==
        "connection proxy_failure");
  CHECK(processor.run(get_with(url, by_proxy(proxy.url("socks5h")))).summary() ==
        "connection proxy_failure");
}

TEST_CASE("a tunnel made with some credentials is not used with others") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  ScriptedServer proxy(
      {expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), tunnel_to(server.tls_port())});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const std::string url = server.tls_url("/tiny");
  for (const std::string credentials : {"user:one@", "user:two@", ""})
    CHECK(processor.run(get_with(url, by_proxy(url_of(proxy, credentials)))).body() == "ok");
  const auto requests = proxy.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].header("proxy-authorization") == "Basic " + base64("user:one"));
  CHECK(requests[1].header("proxy-authorization") == "Basic " + base64("user:two"));
  CHECK_FALSE(requests[2].headers.contains("proxy-authorization"));
  if (!loaded_curl_is_before_8()) return;
  // By its version this libcurl mixes them up, so that the ones above were closed.
  for (int i = 0; i < 2; ++i)
    CHECK(processor.run(get_with(url, by_proxy(url_of(proxy, "user:one@")))).body() == "ok");
  CHECK(proxy.requests().size() == 5);
  for (int i = 0; i < 2; ++i)
    CHECK(processor.run(get_with(url, by_proxy(url_of(proxy)))).body() == "ok");
  CHECK(proxy.requests().size() == 5);
}

TEST_CASE("isahc: proxy_blacklist_works; hosts of no_proxy are reached directly") {
  ScriptedServer proxy(answering("by proxy"));
  DynamicServer server;
  const std::string port = std::to_string(server.port());
  struct Row {
    TextList no_proxy;
    std::string host;
    bool is_direct;
  };
  const Row rows[] = {{{"127.0.0.1"}, "127.0.0.1", true},
                      {{"other.test", "127.0.0.0/8"}, "127.0.0.1", true},
                      {{"128.0.0.0/8", "127.0.0.2"}, "127.0.0.1", false},
                      {{"*"}, "127.0.0.1", true},
                      {{"LOCALHOST"}, "localhost", true},
                      {{"127.0.0.0/8"}, "localhost", false},
                      {{"host"}, "localhost", false},
                      {{"test"}, "name.nowhere.test", true},
                      {{".nowhere.test"}, "name.nowhere.test", true},
                      {{"else.nowhere.test"}, "name.nowhere.test", false}};
  for (const Row& row : rows) {
    INFO(row.no_proxy.front() << " " << row.host);
    RunningProcessor processor(client(by_proxy(url_of(proxy)).set_no_proxy(row.no_proxy)));
    const std::size_t before = proxy.requests().size();
    const Outcome outcome = processor.get("http://" + row.host + ":" + port + "/redirect/0");
    CHECK((proxy.requests().size() == before) == row.is_direct);
    if (row.host.ends_with("test") && row.is_direct) {
      CHECK(outcome.error_code() == ErrorCode::name_resolution);
    } else {
      CHECK(outcome.body() == (row.is_direct ? "arrived" : "by proxy"));
    }
  }
}

TEST_CASE("no_proxy is asked again for each hop of a redirect") {
  DynamicServer server;
  ScriptedServer proxy(
      {expect_request(),
       send(response(302, "", "location: " + server.url("/redirect/0") + "\r\n"))});
  RunningProcessor processor(client(by_proxy(url_of(proxy)).set_no_proxy({"127.0.0.1"})));
  CHECK(processor.get("http://origin.nowhere.test/").body() == "arrived");
  CHECK(proxy.requests().size() == 1);
}

TEST_CASE("proxies of the environment are used when they are asked for, unless one is named") {
  ScriptedServer found(answering("found"));
  ScriptedServer named(answering("named"));
  DynamicServer server;
  const EnvironmentVariable http("http_proxy", url_of(found));
  const EnvironmentVariable exempt("no_proxy", "localhost");
  const std::string url = server.url("/redirect/0");
  const RequestConfig asking = RequestConfig().set_proxy_from_environment(true);
  RunningProcessor processor(client(asking));
  CHECK(processor.get(url).body() == "found");
  const std::string by_name = "http://localhost:" + std::to_string(server.port()) + "/redirect/0";
  CHECK(processor.get(by_name).body() == "arrived");
  CHECK(processor.run(get_with(url, by_proxy(url_of(named)))).body() == "named");
  CHECK(processor.run(get_with(by_name, by_proxy(url_of(named)))).body() == "named");
  CHECK(processor.run(get_with(url, RequestConfig().set_no_proxy({"127.0.0.1"}))).body() ==
        "arrived");
  CHECK(processor.run(get_with(url, RequestConfig().set_proxy_from_environment(false))).body() ==
        "arrived");
}

TEST_CASE("a proxy of the environment that cannot be used is an error, and shows no password") {
  const EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  ScriptedServer found(answering("found"));
  DynamicServer server;
  RunningProcessor processor(client(RequestConfig().set_proxy_from_environment(true)));
  const std::string port = std::to_string(found.port());
  for (const std::string& proxy :
       {"http://us%00er:s3cret@127.0.0.1:" + port, "http://us%0Aer:s3cret@127.0.0.1:" + port,
        "ftp://user:s3cret@127.0.0.1:" + port, std::string("user:s3cret@127.0.0.1:99999"),
        std::string("http://user:s3cret@")}) {
    INFO(proxy);
    const EnvironmentVariable http("http_proxy", proxy);
    const Outcome outcome = processor.get(server.url("/redirect/0"));
    CHECK(outcome.summary() == "unknown unsupported_option");
    CHECK(outcome.error().message().find("s3cret") == std::string::npos);
  }
  CHECK(server.connections() == 0);
  CHECK(found.connections() == 0);
}

TEST_CASE("what fails on the way to a proxy of the environment is the proxy's failure") {
  const EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  const std::uint16_t closed = ScriptedServer().port();
  const EnvironmentVariable http("http_proxy", "127.0.0.1:" + std::to_string(closed));
  RunningProcessor processor(client(RequestConfig().set_proxy_from_environment(true)));
  CHECK(processor.get("http://origin.nowhere.test/").summary() == "connection proxy_failure");
}

TEST_CASE("a unix socket is connected to directly, whatever the proxy") {
  UnixListener listener;
  ScriptedServer proxy(answering("by proxy"));
  RunningProcessor processor(client(by_proxy(url_of(proxy, "user:s3cret@"))));
  const auto handler = processor.begin(get_with("http://origin.nowhere.test/path",
                                                RequestConfig().set_unix_socket(listener.path())));
  const Descriptor connection = listener.accept();
  const std::string head = listener.receive_head(connection);
  CHECK(head.starts_with("GET /path HTTP/1.1\r\n"));
  CHECK(head.find("roxy-") == std::string::npos);
  REQUIRE(send_all(connection, response(200, "ok")));
  CHECK(handler->outcome().body() == "ok");
  CHECK(proxy.connections() == 0);
}

TEST_CASE("a connection to a proxy in use for one origin is not shut down with another") {
  // The first origin's request made the connection, the second's is on it when the first one is
  // the origin that was idle longest.
  Gate answer;
  ScriptedServer proxy({expect_request(), send(response(200, "first")), expect_request(),
                        wait_for(answer), send(response(200, "second"))});
  DynamicServer direct;
  RunningProcessor processor(test_configuration().set_retries(0).set_connection_pool_size(1));
  const RequestConfig config = by_proxy(url_of(proxy));
  REQUIRE(processor.run(get_with("http://one.nowhere.test/", config)).body() == "first");
  const auto second =
      processor.begin(Request::post("http://two.nowhere.test/").config(config).build());
  REQUIRE(proxy.wait_for_requests(2));
  for (int i = 0; i < 2; ++i) {
    const std::string host = i == 0 ? "127.0.0.1" : "localhost";
    REQUIRE(processor.get("http://" + host + ":" + std::to_string(direct.port()) + "/redirect/0")
                .body() == "arrived");
  }
  answer.open();
  CHECK(second->outcome().body() == "second");
  CHECK(proxy.connections() == 1);
}
