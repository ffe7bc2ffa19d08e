// Requests through a proxy.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/environment_variable.hpp"
#include "support/nginx_server.hpp"
#include "support/recording_logger.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::string proxy_url(const ScriptedServer& proxy, const std::string& credentials = "") {
  return "http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port());
}

Configuration through(const ScriptedServer& proxy, const std::string& credentials = "") {
  return test_configuration().set_retries(0).set_proxy_url(proxy_url(proxy, credentials));
}

Script tunnel(std::uint16_t port) {
  return {expect_request(), send("HTTP/1.1 200 Connected\r\nx-of-the-proxy: 1\r\n\r\n"),
          tunnel_to(port)};
}

}  // namespace

TEST_CASE(
    "an http request goes to the proxy in absolute form, and only the proxy looks the host up") {
  ScriptedServer proxy({expect_request(), send(response(200, "by proxy")), again()});
  RunningProcessor processor(through(proxy));
  const Outcome outcome = processor.get("http://origin.nowhere.test:8080/path?q=1");
  CHECK(outcome.body() == "by proxy");
  CHECK(outcome.response().url() == "http://origin.nowhere.test:8080/path?q=1");
  const ReceivedRequest request = proxy.requests().front();
  CHECK(request.target == "http://origin.nowhere.test:8080/path?q=1");
  CHECK(request.header("host") == "origin.nowhere.test:8080");
  CHECK_FALSE(request.headers.contains("proxy-authorization"));

  REQUIRE(processor.get("http://other.nowhere.test/").body() == "by proxy");
  CHECK(proxy.connections() == 1);
}

TEST_CASE("credentials of the proxy are sent to it, decoded") {
  ScriptedServer proxy({expect_request(), send(response(200, "ok"))});
  RunningProcessor processor(through(proxy, "us%40er:pa%3Ass@"));
  REQUIRE(processor.get("http://origin.nowhere.test/").body() == "ok");
  CHECK(proxy.requests().front().header("proxy-authorization") == "Basic " + base64("us@er:pa:ss"));
}

TEST_CASE("an https request goes through a tunnel, and the server sees nothing of the proxy") {
  const Certificates certificates;
  NginxServer server(
      {.identity = certificates.good(),
       .locations =
           "location = /seen { return 200 \"[$http_proxy_authorization][$http_x_mine]\"; }"});
  ScriptedServer proxy(tunnel(server.tls_port()));
  RunningProcessor processor(through(proxy, "user:pass@").set_ca_file(certificates.ca_file()));
  const Request request = Request::get("https://name.local.test:4443/seen")
                              .header("X-Mine", "yes")
                              .header("Authorization", "secret")
                              .build();
  const Response response = processor.run(request).response();
  CHECK(response.body() == "[][yes]");
  CHECK_FALSE(response.headers().contains("x-of-the-proxy"));

  const ReceivedRequest connect = proxy.requests().front();
  CHECK(connect.method == "CONNECT");
  CHECK(connect.target == "name.local.test:4443");
  CHECK(connect.header("host") == "name.local.test:4443");
  CHECK(connect.header("proxy-authorization") == "Basic " + base64("user:pass"));
  CHECK_FALSE(connect.headers.contains("x-mine"));
  CHECK_FALSE(connect.headers.contains("authorization"));
  CHECK_FALSE(connect.headers.contains("x-request-id"));
}

TEST_CASE("the certificate is verified through a tunnel too") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.wrong_host()});
  ScriptedServer proxy(tunnel(server.tls_port()));
  RunningProcessor processor(through(proxy).set_ca_file(certificates.ca_file()));
  CHECK(processor.get("https://name.local.test/tiny").summary() == "ssl tls_verification");
}

TEST_CASE("a redirect goes through the proxy as well") {
  DynamicServer plain;
  ScriptedServer proxy({expect_request(),
                        send(response(302, "", "location: " + plain.url("/echo") + "\r\n")),
                        expect_request(), send(response(200, "echo"))});
  RunningProcessor processor(through(proxy, "user:pass@"));
  CHECK(processor.get("http://origin.nowhere.test/").body() == "echo");
  CHECK(plain.requests().empty());
}

TEST_CASE("an http request refused by the proxy is a response") {
  ScriptedServer proxy(
      {expect_request(), send(response(407, "who are you", "proxy-authenticate: Basic\r\n"))});
  RunningProcessor processor(through(proxy));
  CHECK(processor.get("http://origin.nowhere.test/").status() == 407);
}

TEST_CASE("the credentials of the proxy reach no error and no log") {
  const auto logger = std::make_shared<RecordingLogger>();
  const std::string url = "http://user:s3cret@127.0.0.1:" + std::to_string(free_port());
  RunningProcessor processor(
      test_configuration().set_retries(1).set_proxy_url(url).set_logger(logger));
  const Outcome outcome = processor.get("http://origin.nowhere.test/");
  CHECK(outcome.error().to_json().find("s3cret") == std::string::npos);
  CHECK_FALSE(logger->contains("s3cret"));
}

TEST_CASE("proxies of the environment are not used") {
  ScriptedServer proxy({expect_request(), send(response(200, "by proxy"))});
  const EnvironmentVariable http("http_proxy", proxy_url(proxy));
  const EnvironmentVariable all("ALL_PROXY", proxy_url(proxy));
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.get(server.url("/redirect/0")).body() == "arrived");
  CHECK(proxy.connections() == 0);
}

TEST_CASE("no_proxy of the environment does not switch the configured proxy off") {
  const EnvironmentVariable none("no_proxy", "*");
  ScriptedServer proxy({expect_request(), send(response(200, "by proxy"))});
  RunningProcessor processor(through(proxy));
  CHECK(processor.get("http://127.0.0.1:9/").body() == "by proxy");
}
