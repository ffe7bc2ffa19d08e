// What a proxy does wrong is told from what a server does wrong.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Configuration through(const std::string& proxy_url) {
  return test_configuration().set_retries(0).set_proxy_url(proxy_url);
}

std::string url_of(const ScriptedServer& proxy) {
  return "http://127.0.0.1:" + std::to_string(proxy.port());
}

const std::string any_https = "https://name.local.test/";
const std::string any_http = "http://name.local.test/";

}  // namespace

TEST_CASE("hard case 110: a proxy that refuses the tunnel is an error of the proxy, for good") {
  for (const int status : {403, 407}) {
    INFO(status);
    ScriptedServer proxy({expect_request(), send(response(status, "refused by proxy")), close()});
    RunningProcessor processor(through(url_of(proxy)).set_retries(2));
    CHECK(processor.get(any_https).summary() == "connection proxy_failure");
    CHECK(proxy.requests().size() == 1);
  }
}

TEST_CASE("hard case 110: a proxy that cannot make the tunnel now is asked again, for a POST too") {
  ScriptedServer proxy({expect_request(), send(response(502, "no server")), close()});
  RunningProcessor processor(through(url_of(proxy)).set_retries(2));
  CHECK(processor.post(any_https, "x").summary() == "connection proxy_failure");
  CHECK(proxy.requests().size() == 3);
}

TEST_CASE("hard case 110: a proxy that asks for credentials in a tunnel's way is not given any") {
  ScriptedServer proxy({expect_request(), send(response(407, "who are you",
                                                        "proxy-authenticate: Basic realm=x\r\n"))});
  RunningProcessor processor(through(url_of(proxy)));
  const Request request =
      Request::get(any_https)
          .config(RequestConfig().set_auth({"basic"}).set_username("u").set_password("s3cret"))
          .build();
  CHECK(processor.run(request).summary() == "connection proxy_failure");
  CHECK_FALSE(proxy.requests().front().headers.contains("proxy-authorization"));
  CHECK_FALSE(proxy.requests().front().headers.contains("authorization"));
}

TEST_CASE("hard case 110: a proxy that closes or resets instead of making a tunnel") {
  ScriptedServer closing({expect_request(), close()});
  CHECK(RunningProcessor(through(url_of(closing))).get(any_https).summary() ==
        "connection proxy_failure");
  ScriptedServer resetting({expect_request(), reset()});
  CHECK(RunningProcessor(through(url_of(resetting))).get(any_https).summary() ==
        "connection proxy_failure");
}

TEST_CASE("a proxy that closed once is tried again, also for a POST: no server saw it") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  ScriptedServer proxy(
      {expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), tunnel_to(server.tls_port())});
  proxy.on_connection(0, {expect_request(), close()});
  RunningProcessor processor(
      through(url_of(proxy)).set_retries(1).set_ca_file(certificates.ca_file()));
  CHECK(processor.post(server.tls_url("/status/x"), "body").is_response());
  CHECK(proxy.connections() == 2);
}

TEST_CASE("a proxy that is not there or has no address is an error of the proxy") {
  const std::string absent = "http://127.0.0.1:" + std::to_string(free_port());
  for (const std::string& target : {any_http, any_https}) {
    CHECK(RunningProcessor(through(absent)).get(target).summary() == "connection proxy_failure");
    CHECK(RunningProcessor(through("http://proxy.nowhere.test:1")).get(target).summary() ==
          "connection proxy_failure");
  }
}

TEST_CASE("what fails behind the tunnel is an error of the server") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.expired()});
  ScriptedServer proxy(
      {expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), tunnel_to(server.tls_port())});
  ScriptedServer closing({expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), close()});
  CHECK(RunningProcessor(through(url_of(proxy)).set_ca_file(certificates.ca_file()))
            .get(server.tls_url("/tiny"))
            .summary() == "ssl tls_verification");
  CHECK(RunningProcessor(through(url_of(closing))).get(any_https).error_code() !=
        ErrorCode::proxy_failure);
}

TEST_CASE("an http response that breaks off is an error of the connection, whoever sent it") {
  ScriptedServer proxy(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"), close()});
  CHECK(RunningProcessor(through(url_of(proxy))).get(any_http).summary() ==
        "connection truncated_response");
}

TEST_CASE("an https proxy serves with a good certificate and is an error of the proxy otherwise") {
  const Certificates certificates;
  struct Row {
    const char* title;
    ServerIdentity identity;
    std::string ca_file;
    std::string outcome;
  };
  const Row rows[] = {
      {"good", certificates.good(), certificates.ca_file(), "response 200"},
      {"expired", certificates.expired(), certificates.ca_file(), "ssl proxy_failure"},
      {"wrong host", certificates.wrong_host(), certificates.ca_file(), "ssl proxy_failure"},
      {"unknown authority", certificates.good(), certificates.other_ca_file(),
       "ssl proxy_failure"}};
  for (const Row& row : rows) {
    INFO(row.title);
    // To a request in absolute form nginx answers like the server itself.
    NginxServer proxy({.identity = row.identity});
    RunningProcessor processor(
        through("https://localhost:" + std::to_string(proxy.tls_port())).set_ca_file(row.ca_file));
    CHECK(processor.get("http://origin.nowhere.test/tiny").summary() == row.outcome);
  }
}

TEST_CASE("a proxy that speaks no TLS is an error of the proxy when it should") {
  ScriptedServer proxy({send("what?\r\n"), close()});
  RunningProcessor processor(through("https://127.0.0.1:" + std::to_string(proxy.port())));
  CHECK(processor.get(any_https).error_code() == ErrorCode::proxy_failure);
}
