// Redirects, as SEED.md 1.15 and its table of decisions want them.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/recording_observer.hpp"
#include "support/redirect_targets.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

DynamicServer::Handler redirect_to(int status, std::string location) {
  return [=](const ReceivedRequest&) {
    return Reply{.status = status, .headers = {{"location", location}}};
  };
}

Request with_credentials(const std::string& url) {
  return Request::get(url)
      .header("Authorization", "Bearer secret")
      .header("Cookie", "session=secret")
      .header("Proxy-Authorization", "Basic secret")
      .header("X-Harmless", "yes")
      .build();
}

}  // namespace

TEST_CASE("hard case 82: a redirect turns the method into GET without body, or keeps both") {
  struct Row {
    int status;
    std::string method;
    std::string method_after;
  };
  const Row rows[] = {
      {301, "POST", "GET"},       {302, "POST", "GET"},      {303, "POST", "GET"},
      {307, "POST", "POST"},      {308, "POST", "POST"},     {301, "PUT", "PUT"},
      {302, "PUT", "PUT"},        {303, "PUT", "GET"},       {307, "PUT", "PUT"},
      {302, "PATCH", "PATCH"},    {303, "PATCH", "GET"},     {301, "DELETE", "DELETE"},
      {303, "DELETE", "GET"},     {308, "DELETE", "DELETE"}, {302, "REPORT", "REPORT"},
      {302, "OPTIONS", "OPTIONS"}};
  DynamicServer server;
  RunningProcessor processor;
  for (const Row& row : rows) {
    INFO(row.status << " " << row.method);
    server.route("/from", redirect_to(row.status, "/echo"));
    const Request request = Request::builder(row.method, server.url("/from"))
                                .body("body")
                                .header("content-type", "text/x")
                                .build();
    const Response response = processor.run(request).response();
    const ReceivedRequest last = server.requests().back();
    const bool keeps = row.method_after == row.method;
    CHECK(last.method == row.method_after);
    CHECK(last.body == (keeps ? "body" : ""));
    CHECK(last.headers.contains("content-type") == keeps);
    CHECK(response.method() == row.method_after);
    CHECK(response.url() == server.url("/echo"));
    CHECK(response.redirects() == std::vector<std::string>{server.url("/from")});
  }
}

TEST_CASE("HEAD stays HEAD") {
  DynamicServer server;
  server.route("/from", redirect_to(302, "/bytes/9"));
  RunningProcessor processor;
  const Response response = processor.run(Request::head(server.url("/from")).build()).response();
  CHECK(response.method() == "HEAD");
  CHECK(response.headers().get("content-length") == "9");
}

TEST_CASE("hard case 81: a location is resolved against the URL that sent it") {
  DynamicServer server;
  RunningProcessor processor;
  const std::string port = std::to_string(server.port());
  const std::pair<std::string, std::string> rows[] = {{"/echo?q=1", "/echo?q=1"},
                                                      {"echo", "/dir/echo"},
                                                      {"../echo", "/echo"},
                                                      {"?q=2", "/dir/from?q=2"},
                                                      {"//127.0.0.1:" + port + "/echo", "/echo"},
                                                      {"/a b", "/a%20b"}};
  for (const auto& [location, target] : rows) {
    INFO(location);
    server.route("/dir/from", [location = location](const ReceivedRequest& request) {
      if (request.target != "/dir/from") return Reply{};
      return Reply{.status = 302, .headers = {{"location", location}}};
    });
    const Outcome outcome = processor.get(server.url("/dir/from"));
    REQUIRE(outcome.is_response());
    CHECK(server.requests().back().target == target);
  }
}

TEST_CASE("hard case 76: credentials go to the same origin and to no other") {
  DynamicServer home;
  DynamicServer other;
  RunningProcessor processor;
  for (const RedirectTarget& row : redirect_targets(home, other)) {
    INFO(row.title);
    home.route("/from", redirect_to(307, row.location));
    REQUIRE(processor.run(with_credentials(home.url("/from"))).status() == 200);
    const Headers headers = row.server.requests().back().headers;
    CHECK(headers.contains("authorization") == row.is_same_origin);
    CHECK(headers.contains("cookie") == row.is_same_origin);
    CHECK(headers.contains("proxy-authorization") == row.is_same_origin);
    CHECK(headers.get("x-harmless") == "yes");
  }
}

TEST_CASE("credentials that were dropped do not come back when the chain returns") {
  DynamicServer home;
  DynamicServer other;
  home.route("/from", redirect_to(302, other.url("/back")));
  other.route("/back", redirect_to(302, home.url("/echo")));
  RunningProcessor processor;
  REQUIRE(processor.run(with_credentials(home.url("/from"))).status() == 200);
  CHECK_FALSE(home.requests().back().headers.contains("authorization"));
  CHECK_FALSE(home.requests().back().headers.contains("cookie"));
}

TEST_CASE("hard case 75: a redirect from https to http is refused, from http to https followed") {
  const Certificates certificates;
  DynamicServer plain;
  NginxServer tls({.identity = certificates.good(),
                   .locations = "location = /down { return 302 " + plain.url("/echo") + "; }"});
  plain.route("/up", redirect_to(302, tls.tls_url("/tiny")));
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  CHECK(processor.get(tls.tls_url("/down")).error_code() == ErrorCode::unsafe_redirect);
  CHECK(plain.requests().empty());
  CHECK(processor.get(plain.url("/up")).body() == "ok");
}

TEST_CASE("max_redirects redirects are followed, one more is an error that tells the chain") {
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.get(server.url("/redirect/5")).response().redirects().size() == 5);

  const Request request = Request::get(server.url("/redirect/4")).max_redirects(3).build();
  const Outcome outcome =
      processor.run(request, {{"k", 1}}, {.raise_error_responses = {}, .id = "id-1"});
  const RedirectError& error = outcome.redirect_error();
  CHECK(error.error_class() == "AsyncHttpPool::TooManyRedirectsError");
  CHECK(error.error_type() == ErrorType::redirect);
  CHECK(error.redirects() ==
        std::vector<std::string>{server.url("/redirect/4"), server.url("/redirect/3"),
                                 server.url("/redirect/2"), server.url("/redirect/1")});
  const Value json = Value::from_json(error.to_json());
  CHECK(json.find("error_class")->as_string() == "AsyncHttpPool::TooManyRedirectsError");
  CHECK(json.find("url")->as_string() == "/redirect/0");  // the location as the server gave it
  CHECK(json.find("http_method")->as_string() == "get");
  CHECK(json.find("redirects")->as_array().size() == 4);
  CHECK(json.find("request_id")->as_string() == "id-1/4");
  CHECK(json.find("callback_args")->to_json() == R"({"k":1})");
}

TEST_CASE("hard case 72: a loop is an error that tells the chain") {
  DynamicServer server;
  server.route("/a", redirect_to(302, "/b"));
  server.route("/b", redirect_to(302, "/a"));
  server.route("/self", redirect_to(301, "/self"));
  RunningProcessor processor;
  const Outcome outcome = processor.get(server.url("/a"));
  const RedirectError& error = outcome.redirect_error();
  CHECK(error.error_class() == "AsyncHttpPool::RecursiveRedirectError");
  CHECK(error.url() == server.url("/a"));
  CHECK(error.redirects() == std::vector<std::string>{server.url("/a"), server.url("/b")});
  CHECK(processor.get(server.url("/self")).redirect_error().redirects().size() == 1);
}

TEST_CASE("redirects that are not to be followed are responses") {
  DynamicServer server;
  RunningProcessor processor;
  CHECK(processor.run(Request::get(server.url("/redirect/1")).max_redirects(0).build()).status() ==
        302);
  CHECK(RunningProcessor(test_configuration().set_max_redirects(0))
            .get(server.url("/redirect/1"))
            .status() == 302);
  CHECK(processor.get(server.url("/status/302")).status() == 302);  // hard case 77: no location
  for (const int status : {300, 304, 305, 306}) {
    server.route("/from", redirect_to(status, "/echo"));
    CHECK(processor.get(server.url("/from")).status() == status);
  }
}

TEST_CASE("hard case 85: the deadline is one for the whole chain") {
  ScriptedServer server(
      {expect_request(), send_slowly(response(302, "", "location: /next\r\n"), 4ms)});
  server.on_connection(1, {expect_request()});
  RunningProcessor processor;
  const auto start = Clock::now();
  const Outcome outcome = processor.run(Request::get(server.url()).timeout(600ms).build());
  CHECK(outcome.summary() == "timeout request_timeout");
  CHECK(Clock::now() - start < 5s);
}

TEST_CASE("every request of a chain has an id and is observed, the response has the first one's") {
  DynamicServer server;
  RunningProcessor processor;
  const auto observer = std::make_shared<RecordingObserver>();
  processor->observe(observer);
  const Outcome outcome = processor.run(Request::get(server.url("/redirect/2")).build(), {},
                                        {.raise_error_responses = {}, .id = "id"});
  CHECK(outcome.response().request_id() == "id");
  std::vector<std::string> ids;
  for (const ReceivedRequest& request : server.requests())
    ids.push_back(request.header("x-request-id"));
  CHECK(ids == std::vector<std::string>{"id", "id/2", "id/3"});
  REQUIRE(observer->wait_for("request_end id/3"));
  CHECK(observer->events() == std::vector<std::string>{"start", "request_start id",
                                                       "request_end id", "request_start id/2",
                                                       "request_end id/2", "request_start id/3",
                                                       "request_end id/3"});
}
