// Cookies, as a server sees them.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Fields = std::vector<std::string>;

/// Answers 200 and sets cookies.
DynamicServer::Handler setting(const Fields& fields, int status = 200,
                               const std::string& location = "") {
  return [=](const ReceivedRequest&) {
    Reply reply{.status = status, .headers = {}, .body = "set"};
    for (const std::string& field : fields) reply.headers.add("set-cookie", field);
    if (!location.empty()) reply.headers.add("location", location);
    return reply;
  };
}

/// The cookie field of the last request; "(n fields)" when there is not exactly one.
std::string last_cookies(const DynamicServer& server) {
  const Headers headers = server.requests().back().headers;
  const auto fields = headers.get_all("cookie");
  if (fields.size() != 1) return "(" + std::to_string(fields.size()) + " fields)";
  return std::string(fields.front());
}

Configuration changed(const RequestConfig& options) {
  return test_configuration().set_request_config(options);
}

std::shared_ptr<CookieJar> new_jar() { return std::make_shared<CookieJar>(); }

std::string by_name(const DynamicServer& server, const std::string& path) {
  return "http://localhost:" + std::to_string(server.port()) + path;
}

}  // namespace

TEST_CASE("cookies that a server sets go with the next requests, longest path first") {
  DynamicServer server;
  DynamicServer other_port;
  server.route("/set", setting({"foo=bar", "baz=123; Path=/echo", "wrong=1; Domain=example.com"}));
  const auto jar = new_jar();
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  REQUIRE(processor.get(server.url("/set")).status() == 200);
  CHECK(last_cookies(server) == "(0 fields)");
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  CHECK(last_cookies(server) == "baz=123; foo=bar");
  REQUIRE(processor.get(other_port.url("/bytes/1")).status() == 200);
  CHECK(last_cookies(other_port) == "foo=bar");  // ports do not count (RFC 6265, section 8.5)
  REQUIRE(processor.get(by_name(server, "/echo")).status() == 200);
  CHECK(last_cookies(server) == "(0 fields)");  // another host

  server.route("/unset", setting({"foo=; Max-Age=0"}));
  REQUIRE(processor.get(server.url("/unset")).status() == 200);
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  CHECK(last_cookies(server) == "baz=123");
  CHECK(jar->cookies().size() == 1);
}

TEST_CASE("without a jar no cookie is kept") {
  DynamicServer server;
  server.route("/set", setting({"foo=bar"}));
  RunningProcessor processor;
  const Response response = processor.get(server.url("/set")).response();
  CHECK(response.headers().get("set-cookie") == "foo=bar");
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  CHECK(last_cookies(server) == "(0 fields)");
}

TEST_CASE("a request's own jar comes before the client's") {
  DynamicServer server;
  server.route("/set", setting({"mine=1"}));
  const auto client_jar = new_jar();
  const auto own_jar = new_jar();
  client_jar->set(server.url("/"), "client=1");
  RunningProcessor processor(test_configuration().set_cookie_jar(client_jar));
  const auto run = [&](const std::string& path) {
    return processor.run(Request::get(server.url(path)).cookie_jar(own_jar).build()).status();
  };
  REQUIRE(run("/set") == 200);
  CHECK(last_cookies(server) == "(0 fields)");
  REQUIRE(run("/echo") == 200);
  CHECK(last_cookies(server) == "mine=1");
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  CHECK(last_cookies(server) == "client=1");
}

TEST_CASE("cookies off means none are sent or kept") {
  DynamicServer server;
  server.route("/set", setting({"a=2"}));
  const auto jar = new_jar();
  jar->set(server.url("/"), "a=1");
  RunningProcessor processor(changed(RequestConfig().set_cookies(false)).set_cookie_jar(jar));
  REQUIRE(processor.get(server.url("/set")).status() == 200);
  CHECK(last_cookies(server) == "(0 fields)");
  CHECK(jar->header_for(server.url("/")) == "a=1");
  const Request asking =
      Request::get(server.url("/echo")).config(RequestConfig().set_cookies(true)).build();
  REQUIRE(processor.run(asking).status() == 200);
  CHECK(last_cookies(server) == "a=1");
}

TEST_CASE("a request's own cookie field comes first, in one field with the jar's") {
  DynamicServer server;
  const auto jar = new_jar();
  jar->set(server.url("/"), "jar=1");
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  RequestBuilder builder = Request::get(server.url("/echo"));
  builder.header("Cookie", "own=1; own2=2");
  REQUIRE(processor.run(builder.build()).status() == 200);
  CHECK(last_cookies(server) == "own=1; own2=2; jar=1");
  jar->clear();
  REQUIRE(processor.run(builder.build()).status() == 200);
  CHECK(last_cookies(server) == "own=1; own2=2");
}

TEST_CASE("several cookie fields of a request go as one, with a jar or without") {
  DynamicServer server;
  RunningProcessor processor;
  RequestBuilder builder = Request::get(server.url("/echo"));
  Headers own;
  own.add("Cookie", "a=1");
  own.add("Cookie", "b=2");
  builder.headers(own);
  REQUIRE(processor.run(builder.build()).status() == 200);
  CHECK(last_cookies(server) == "a=1; b=2");
}

TEST_CASE("a cookie that a redirect sets takes the place of the request's own") {
  DynamicServer server;
  server.route("/login", setting({"session=new; Path=/"}, 302, "/echo"));
  RunningProcessor processor(test_configuration().set_cookie_jar(new_jar()));
  const Request request =
      Request::get(server.url("/login")).header("cookie", "session=old; own=1").build();
  REQUIRE(processor.run(request).status() == 200);
  CHECK(server.requests().front().header("cookie") == "session=old; own=1");
  CHECK(last_cookies(server) == "own=1; session=new");
}

TEST_CASE("a server with the usual limit takes what a jar and an own field make together") {
  NginxServer server({.locations = "location = /cookies { return 200 \"$http_cookie\"; }"});
  const auto jar = new_jar();
  for (const std::string name : {"a", "b", "c"})
    jar->set(server.url("/"), name + "=" + std::string(4000, 'x'));
  jar->set(server.url("/"), "small=" + std::string(100, 'x'));
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  CHECK(processor.get(server.url("/cookies")).status() == 200);
  for (const std::size_t own_bytes : {10U, 85U, 90U, 4200U, 8170U}) {
    INFO(own_bytes);
    const std::string own = "own=" + std::string(own_bytes, 'y');
    const Request request = Request::get(server.url("/cookies")).header("cookie", own).build();
    const Outcome outcome = processor.run(request);
    CHECK(outcome.status() == 200);
    CHECK(outcome.body().starts_with(own));
  }
}

TEST_CASE("the cookies of a round of authentication are kept") {
  DynamicServer server;
  server.route("/in", [](const ReceivedRequest& request) {
    const bool is_known = request.headers.contains("authorization");
    Reply reply{.status = is_known ? 200 : 401, .headers = {}, .body = ""};
    reply.headers.add("set-cookie", is_known ? "second=1" : "first=1");
    if (!is_known) reply.headers.add("www-authenticate", "Digest realm=\"r\", nonce=\"n\"");
    return reply;
  });
  const auto jar = new_jar();
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  const auto config =
      RequestConfig().set_auth({"digest"}).set_username("user").set_password("s3cret");
  REQUIRE(processor.run(Request::get(server.url("/in")).config(config).build()).status() == 200);
  CHECK(server.requests().size() == 2);
  CHECK(jar->header_for(server.url("/")) == "first=1; second=1");
}

TEST_CASE("a redirect's cookies go with the next hop, and each host gets its own") {
  DynamicServer server;
  DynamicServer other;
  const auto jar = new_jar();
  jar->set(by_name(other, "/"), "theirs=1");
  server.route("/login", setting({"session=7; Path=/"}, 302, "/home"));
  server.route("/home", setting({"seen=1; Path=/"}, 302, by_name(other, "/echo")));
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  const Request request = Request::post(server.url("/login")).header("cookie", "own=1").build();
  REQUIRE(processor.run(request).status() == 200);
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests().front().header("cookie") == "own=1");
  CHECK(last_cookies(server) == "own=1; session=7");
  CHECK(last_cookies(other) == "theirs=1");  // the application's own field does not cross origins
  CHECK(jar->header_for(server.url("/")) == "session=7; seen=1");
}

TEST_CASE("a response that is tried again has its cookies kept") {
  DynamicServer server;
  server.route("/busy", [&](const ReceivedRequest& request) {
    Reply reply{.status = 200, .headers = {}, .body = request.header("cookie")};
    if (!request.headers.contains("cookie")) {
      reply.status = 503;
      reply.headers.add("set-cookie", "ticket=7");
    }
    return reply;
  });
  RunningProcessor processor(changed(RequestConfig().set_retry_statuses({503}).set_retry_delay(1ms))
                                 .set_cookie_jar(new_jar()));
  CHECK(processor.get(server.url("/busy")).body() == "ticket=7");
}

TEST_CASE("secure cookies go over https, not over http") {
  const Certificates certificates;
  DynamicServer plain;
  NginxServer tls({.identity = certificates.good(),
                   .locations = "location = /set { add_header set-cookie 's=1; Secure'; "
                                "add_header set-cookie 'a=1'; return 200 set; }\n"
                                "location = /cookies { return 200 \"$http_cookie\"; }"});
  const auto jar = new_jar();
  RunningProcessor processor(
      test_configuration().set_ca_file(certificates.ca_file()).set_cookie_jar(jar));
  REQUIRE(processor.get(tls.tls_url("/set")).status() == 200);
  CHECK(processor.get(tls.tls_url("/cookies")).body() == "s=1; a=1");  // over HTTP/2
  plain.route("/set", setting({"s=2", "t=2; Secure"}));
  const std::string host(Value::from_json(jar->to_json())["cookies"].at(0)["domain"].as_string());
  const std::string plain_url = "http://" + host + ":" + std::to_string(plain.port()) + "/set";
  REQUIRE(processor.get(plain_url).status() == 200);
  CHECK(last_cookies(plain) == "a=1");
  CHECK(processor.get(tls.tls_url("/cookies")).body() == "s=1; a=1");
}

TEST_CASE("a jar that was saved and loaded goes on as before, in another processor") {
  DynamicServer server;
  server.route("/set", setting({"a=1; Max-Age=3600", "b=\xff; HttpOnly"}));
  std::string saved;
  {
    const auto jar = new_jar();
    RunningProcessor processor(test_configuration().set_cookie_jar(jar));
    REQUIRE(processor.get(server.url("/set")).status() == 200);
    saved = jar->to_json();
  }
  const auto jar = new_jar();
  jar->load_json(saved);
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  REQUIRE(processor.get(server.url("/bytes/1")).status() == 200);
  CHECK(last_cookies(server) == "a=1; b=\xff");
}

TEST_CASE("two processors and an executor share a jar") {
  DynamicServer server;
  server.route("/set", setting({"a=1"}));
  const auto jar = new_jar();
  const Configuration configuration = test_configuration().set_cookie_jar(jar).set_agents(2);
  RunningProcessor first(configuration);
  RunningProcessor second(configuration);
  REQUIRE(first.get(server.url("/set")).status() == 200);
  REQUIRE(second.get(server.url("/echo")).status() == 200);
  CHECK(last_cookies(server) == "a=1");

  SynchronousExecutor executor(configuration);
  const auto handler = std::make_shared<RecordingHandler>();
  executor.call(RequestTask(Request::get(server.url("/echo")).build(), handler, "callback"));
  CHECK(handler->response_count() == 1);
  CHECK(last_cookies(server) == "a=1");
}

TEST_CASE("hard case 59: 240 KB of cookies are all handed over, 50 kept, and less than 8 KB sent") {
  DynamicServer server;
  Fields fields;
  for (int i = 0; i < 60; ++i)
    fields.push_back("c" + std::to_string(i) + "=" + std::string(4000, 'x'));
  server.route("/set", setting(fields));
  const auto jar = new_jar();
  RunningProcessor processor(test_configuration().set_cookie_jar(jar));
  const Response response = processor.get(server.url("/set")).response();
  CHECK(response.headers().get_all("set-cookie").size() == 60);
  CHECK(jar->cookies().size() == 50);
  REQUIRE(processor.get(server.url("/echo")).status() == 200);
  const std::string sent = last_cookies(server);
  CHECK(sent.size() <= 8182);
  CHECK(sent.starts_with("c0=x"));
  CHECK(sent.find("; c1=x") != std::string::npos);
}
