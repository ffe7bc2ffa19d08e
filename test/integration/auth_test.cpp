// Credentials: how they are sent, and to whom they are not.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/digest_guard.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/nginx_server.hpp"
#include "support/redirect_targets.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

RequestConfig named(const TextList& schemes) {
  return RequestConfig().set_auth(schemes).set_username("user").set_password("s3cret");
}

DynamicServer::Handler redirect_to(const std::string& location) {
  return [=](const ReceivedRequest&) {
    return Reply{.status = 307, .headers = {{"location", location}}};
  };
}

DynamicServer::Handler echo_body() {
  return [](const ReceivedRequest& request) { return Reply{.headers = {}, .body = request.body}; };
}

std::string authorization_at(const DynamicServer& server) {
  return server.requests().back().header("authorization");
}

const std::string basic = "Basic " + base64("user:s3cret");

}  // namespace

TEST_CASE("isahc: credentials_without_auth_config_does_nothing") {
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.run(get_with(server.url("/echo"), named({}))).status() == 200);
  CHECK_FALSE(server.requests().back().headers.contains("authorization"));
}

TEST_CASE("isahc: basic_auth_sends_authorization_header, at once") {
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.run(get_with(server.url("/echo"), named({"basic"}))).status() == 200);
  CHECK(server.requests().size() == 1);
  CHECK(authorization_at(server) == basic);
}

TEST_CASE("nginx lets basic credentials in, also by HTTP/2, and keeps others out") {
  const TempDirectory directory;
  const Certificates certificates;
  const std::string users = directory.write("users", "user:{PLAIN}s3cret\n");
  NginxServer server(
      {.identity = certificates.good(),
       .locations = "location = /guarded { auth_basic x; auth_basic_user_file " + users + "; }"});
  server.write_file("guarded", "in");
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  for (const std::string& url : {server.url("/guarded"), server.tls_url("/guarded")}) {
    CHECK(processor.run(get_with(url, named({"basic"}))).body() == "in");
    CHECK(processor.run(get_with(url, named({"basic"}).set_password("x"))).status() == 401);
    CHECK(processor.get(url).status() == 401);
  }
}

TEST_CASE("a bearer token is sent at once, and never twice") {
  DynamicServer server;
  server.route("/no", [](const ReceivedRequest&) {
    return Reply{.status = 401, .headers = {{"www-authenticate", "Bearer realm=\"x\""}}};
  });
  RunningProcessor processor;
  const RequestConfig config = RequestConfig().set_bearer_token("abc-._~+/012==");
  CHECK(processor.run(get_with(server.url("/echo"), config)).status() == 200);
  CHECK(authorization_at(server) == "Bearer abc-._~+/012==");
  CHECK(processor.run(get_with(server.url("/no"), config)).status() == 401);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("digest answers the challenge, by MD5 and SHA-256") {
  for (const std::string algorithm : {"MD5", "SHA-256"}) {
    INFO(algorithm);
    DynamicServer server;
    server.route("/guarded",
                 guarded_by_digest(
                     {.username = "user", .password = "s3cret", .algorithm = algorithm},
                     [](const ReceivedRequest&) { return Reply{.headers = {}, .body = "in"}; }));
    RunningProcessor processor;
    const Response response =
        processor.run(get_with(server.url("/guarded?a=1&b=%20"), named({"digest"}))).response();
    CHECK(response.status() == 200);
    CHECK(response.body() == "in");
    CHECK_FALSE(response.headers().contains("www-authenticate"));
    CHECK(server.requests().size() == 2);
    CHECK(server.connections() == 1);
    CHECK_FALSE(server.requests().front().headers.contains("authorization"));
    CHECK(authorization_at(server).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("a wrong password by digest ends with the server's 401, after one try") {
  DynamicServer server;
  server.route("/guarded",
               guarded_by_digest({.username = "user", .password = "other"}, echo_body()));
  RunningProcessor processor;
  const Outcome outcome = processor.run(get_with(server.url("/guarded"), named({"digest"})));
  CHECK(outcome.status() == 401);
  CHECK(outcome.body() == "who are you");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("with basic and digest the server's choice counts, the stronger one if it has both") {
  DynamicServer server;
  server.route("/guarded", guarded_by_digest({.username = "user", .password = "s3cret"},
                                             [](const ReceivedRequest&) { return Reply{}; }));
  server.route("/basic", [](const ReceivedRequest& request) {
    if (request.header("authorization") == basic) return Reply{};
    return Reply{.status = 401, .headers = {{"www-authenticate", "Basic realm=\"x\""}}};
  });
  RunningProcessor processor;
  const RequestConfig config = named({"basic", "digest"});
  CHECK(processor.run(get_with(server.url("/guarded"), config)).status() == 200);
  CHECK(processor.run(get_with(server.url("/basic"), config)).status() == 200);
  CHECK(server.requests().size() == 4);
}

TEST_CASE("the body of a POST is sent again with digest, which is no silent resend") {
  DynamicServer server;
  server.route("/guarded",
               guarded_by_digest({.username = "user", .password = "s3cret"}, echo_body()));
  RunningProcessor processor(test_configuration().set_retries(0));
  const std::string body(200'000, 'b');
  for (int i = 0; i < 2; ++i) {
    const Request request =
        Request::post(server.url("/guarded")).body(body).config(named({"digest"})).build();
    const Outcome outcome = processor.run(request);
    REQUIRE(outcome.is_response());
    CHECK(outcome.status() == 200);
    CHECK(outcome.body() == body);
  }
}

TEST_CASE("a POST whose connection is lost in the second round is not sent a third time") {
  const std::string challenge =
      response(401, "", "www-authenticate: Digest realm=\"x\", qop=\"auth\", nonce=\"n\"\r\n");
  ScriptedServer server({expect_request(), send(challenge), expect_request(), reset()});
  RunningProcessor processor(test_configuration().set_retries(2));
  const Request request =
      Request::post(server.url()).body("body").config(named({"digest"})).build();
  CHECK(processor.run(request).error_code() == ErrorCode::response_lost);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a server that closes after each challenge gets its answer on another connection") {
  ScriptedServer closing(
      {expect_request(),
       send(response(401, "",
                     "www-authenticate: Digest realm=\"x\", qop=\"auth\", nonce=\"n\"\r\n")),
       close()});
  closing.on_connection(1, {expect_request(), send(response(200, "in"))});
  closing.on_connection(2, {expect_request(), send(response(200, "in"))});
  RunningProcessor processor(test_configuration().set_retries(0));
  const Outcome outcome = processor.run(get_with(closing.url(), named({"digest"})));
  CHECK(outcome.body() == "in");
}

TEST_CASE("isahc: negotiate_auth_exists; without a ticket the 401 is the response") {
  DynamicServer server;
  server.route("/guarded", [](const ReceivedRequest&) {
    return Reply{.status = 401, .headers = {{"www-authenticate", "Negotiate"}}, .body = "no"};
  });
  RunningProcessor processor;
  const Outcome outcome =
      processor.run(get_with(server.url("/guarded"), RequestConfig().set_auth({"negotiate"})));
  if (outcome.is_error()) {  // a libcurl without it says so
    CHECK(outcome.error_code() == ErrorCode::unsupported_option);
    CHECK(server.requests().empty());
    return;
  }
  CHECK(outcome.status() == 401);
  CHECK(outcome.body() == "no");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a connection that negotiate may have authenticated is used for nothing else") {
  DynamicServer server;
  RunningProcessor processor;
  const Request negotiating =
      get_with(server.url("/echo"), RequestConfig().set_auth({"negotiate"}));
  REQUIRE(processor.get(server.url("/echo")).is_response());
  if (!processor.run(negotiating).is_response()) return;  // a libcurl without it
  REQUIRE(processor.get(server.url("/echo")).is_response());
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].connection != requests[0].connection);
  CHECK(requests[2].connection != requests[1].connection);
}

TEST_CASE("credentials in the options follow a redirect to the same origin and to no other") {
  DynamicServer home;
  DynamicServer other;
  RunningProcessor processor;
  const std::pair<RequestConfig, std::string> credentials[] = {
      {named({"basic"}), basic}, {RequestConfig().set_bearer_token("s3cret"), "Bearer s3cret"}};
  for (const RedirectTarget& row : redirect_targets(home, other)) {
    for (const auto& [config, sent] : credentials) {
      INFO(row.title << " " << sent);
      home.route("/from", redirect_to(row.location));
      REQUIRE(processor.run(get_with(home.url("/from"), config)).status() == 200);
      CHECK(authorization_at(row.server) == (row.is_same_origin ? sent : ""));
    }
  }
}

TEST_CASE(
    "credentials are not answered to another origin's challenge, nor when the chain returns") {
  DynamicServer home;
  DynamicServer other;
  other.route("/guarded",
              guarded_by_digest({.username = "user", .password = "s3cret"}, echo_body()));
  other.route("/back", redirect_to(home.url("/echo")));
  RunningProcessor processor;
  home.route("/from", redirect_to(other.url("/guarded")));
  CHECK(processor.run(get_with(home.url("/from"), named({"digest", "basic"}))).status() == 401);
  CHECK(other.requests().size() == 1);
  home.route("/from", redirect_to(other.url("/back")));
  REQUIRE(processor.run(get_with(home.url("/from"), named({"basic"}))).status() == 200);
  CHECK(authorization_at(other).empty());
  CHECK(authorization_at(home).empty());
}

TEST_CASE("credentials of a client go to the origin that they name, however it is reached") {
  DynamicServer home;
  DynamicServer other;
  RunningProcessor processor(
      test_configuration().set_request_config(named({"basic"}).set_auth_origin(home.url("/"))));
  CHECK(processor.get(home.url("/echo")).status() == 200);
  CHECK(authorization_at(home) == basic);
  CHECK(processor.get(other.url("/echo")).status() == 200);
  CHECK(authorization_at(other).empty());
  other.route("/from", redirect_to(home.url("/echo")));
  home.route("/from", redirect_to(other.url("/echo")));
  CHECK(processor.get(other.url("/from")).status() == 200);
  CHECK(authorization_at(home) == basic);
  CHECK(processor.get(home.url("/from")).status() == 200);
  CHECK(authorization_at(other).empty());
  const std::string by_name = "http://localhost:" + std::to_string(home.port()) + "/echo";
  CHECK(processor.get(by_name).status() == 200);
  CHECK(authorization_at(home).empty());
}

TEST_CASE(
    "a request's own credentials or header go before those of the client, and are not mixed") {
  DynamicServer server;
  RunningProcessor processor(
      test_configuration().set_request_config(named({"basic"}).set_auth_origin(server.url("/"))));
  const std::string url = server.url("/echo");
  CHECK(processor.run(get_with(url, RequestConfig().set_username("me"))).is_response());
  CHECK(authorization_at(server) == "Basic " + base64("me:"));
  CHECK(processor.run(get_with(url, RequestConfig().set_bearer_token("t"))).is_response());
  CHECK(authorization_at(server) == "Bearer t");
  CHECK(processor.run(get_with(url, RequestConfig().set_username(""))).is_response());
  CHECK(authorization_at(server).empty());
  CHECK(processor.run(Request::get(url).header("Authorization", "Mine x").build()).is_response());
  CHECK(authorization_at(server) == "Mine x");
}

TEST_CASE("a password is used again for the next request, and not for one without") {
  DynamicServer server;
  server.route("/guarded",
               guarded_by_digest({.username = "user", .password = "s3cret"}, echo_body()));
  RunningProcessor processor;
  const std::string url = server.url("/guarded");
  CHECK(processor.run(get_with(url, named({"digest"}))).status() == 200);
  CHECK(processor.get(url).status() == 401);
  CHECK_FALSE(server.requests().back().headers.contains("authorization"));
  CHECK(processor.run(get_with(url, named({"digest"}).set_username("else"))).status() == 401);
  CHECK(processor.run(get_with(url, named({"digest"}))).status() == 200);
}

TEST_CASE("no password stands in an error") {
  ScriptedServer server({expect_request(), reset()});
  RunningProcessor processor(test_configuration().set_retries(0));
  const RequestConfig bearer = RequestConfig().set_bearer_token("s3cret");
  for (const RequestConfig& config : {named({"basic"}), named({"digest"}), bearer}) {
    const Outcome outcome = processor.run(get_with(server.url(), config));
    CHECK(outcome.error().to_json().find("s3cret") == std::string::npos);
  }
}
