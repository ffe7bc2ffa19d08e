// What one request and its response are made of.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <regex>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

TEST_CASE("every method arrives as it was asked for, with its body") {
  DynamicServer server;
  RunningProcessor processor;
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}) {
    INFO(method);
    const Request request =
        Request::builder(method, server.url("/echo")).body("some\nbytes").build();
    const Value echo = processor.run(request).response().json();
    CHECK(echo.find("method")->as_string() == method);
    CHECK(echo.find("body")->as_string() == "some\nbytes");
  }
  for (const std::string method :
       {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "lowerCase"}) {
    INFO(method);
    const Value echo =
        processor.run(Request::builder(method, server.url("/echo")).build()).response().json();
    CHECK(echo.find("method")->as_string() == method);
    CHECK(echo.find("body")->as_string().empty());
  }
}

TEST_CASE("a request without a body announces one only where the method expects it") {
  DynamicServer server;
  RunningProcessor processor;
  for (const auto& [method, length] : {std::pair<std::string, std::string>{"GET", ""},
                                       {"DELETE", ""},
                                       {"OPTIONS", ""},
                                       {"POST", "0"},
                                       {"PUT", "0"},
                                       {"PATCH", "0"}}) {
    INFO(method);
    REQUIRE(processor.run(Request::builder(method, server.url("/echo")).build()).status() == 200);
    CHECK(server.requests().back().header("content-length") == length);
    CHECK_FALSE(server.requests().back().headers.contains("transfer-encoding"));
    CHECK_FALSE(server.requests().back().headers.contains("content-type"));
  }
}

TEST_CASE(
    "a body of any bytes and a large one arrive unchanged, without waiting for 100-continue") {
  DynamicServer server;
  RunningProcessor processor;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const Value echo = processor.post(server.url("/echo"), bytes).response().json();
  CHECK(echo.find("body_base64")->as_string() == base64(bytes));
  CHECK(server.requests().back().body == bytes);

  server.route("/length", [](const ReceivedRequest& request) {
    return Reply{.body = std::to_string(request.body.size())};
  });
  CHECK(processor.post(server.url("/length"), std::string(3'000'000, 'x')).body() == "3000000");
  CHECK_FALSE(server.requests().back().headers.contains("expect"));
}

TEST_CASE("headers of a request are sent once each, empty ones too") {
  DynamicServer server;
  RunningProcessor processor;
  const Request request = Request::get(server.url("/echo"))
                              .header("X-One", "1; a=\"b\"")
                              .header("X-Empty", "")
                              .header("Accept", "application/json")
                              .build();
  REQUIRE(processor.run(request).status() == 200);
  const ReceivedRequest received = server.requests().back();
  CHECK(received.header("x-one") == "1; a=\"b\"");
  CHECK(received.headers.get("x-empty") == "");
  CHECK(received.headers.get_all("accept").size() == 1);
  CHECK(received.header("accept") == "application/json");
  CHECK(received.headers.get_all("host").size() == 1);
  CHECK(received.header("host") == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("the id of a task is sent as x-request-id and comes back with the response") {
  DynamicServer server;
  RunningProcessor processor;
  const Request request = Request::get(server.url("/echo")).header("x-request-id", "mine").build();

  const Outcome named = processor.run(request, {}, {.raise_error_responses = {}, .id = "job-1"});
  CHECK(named.response().request_id() == "job-1");
  CHECK(server.requests().back().headers.get_all("x-request-id") ==
        std::vector<std::string_view>{"job-1"});

  const std::string random = processor.run(request).response().request_id();
  CHECK(std::regex_match(
      random, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
  CHECK(server.requests().back().header("x-request-id") == random);
}

TEST_CASE("the user agent is the configured one unless the request has its own") {
  DynamicServer server;
  RunningProcessor usual;
  REQUIRE(usual.get(server.url("/echo")).status() == 200);
  CHECK(server.requests().back().header("user-agent") == "AsyncHttpPool");
  REQUIRE(
      usual.run(Request::get(server.url("/echo")).header("User-Agent", "own").build()).status() ==
      200);
  CHECK(server.requests().back().headers.get_all("user-agent") ==
        std::vector<std::string_view>{"own"});

  RunningProcessor named(test_configuration().set_user_agent("configured/1"));
  REQUIRE(named.get(server.url("/echo")).status() == 200);
  CHECK(server.requests().back().header("user-agent") == "configured/1");

  RunningProcessor silent(test_configuration().set_user_agent(""));
  REQUIRE(silent.get(server.url("/echo")).status() == 200);
  CHECK_FALSE(server.requests().back().headers.contains("user-agent"));
}

TEST_CASE("compressed responses are asked for and decoded") {
  DynamicServer server;
  NginxServer nginx;
  nginx.write_file("text", std::string(50'000, 'y'));
  RunningProcessor processor;

  const Response response = processor.get(server.url("/gzip")).response();
  CHECK(server.requests().back().header("accept-encoding").find("gzip") != std::string::npos);
  CHECK(response.body().size() == 5000);
  CHECK(response.body().substr(0, 12) == "012345678901");
  CHECK_FALSE(response.headers().contains("content-encoding"));
  CHECK_FALSE(response.headers().contains("content-length"));
  CHECK(processor.get(nginx.url("/gzip/text")).body() == std::string(50'000, 'y'));
}

TEST_CASE("a HEAD response has headers and no body") {
  DynamicServer server;
  RunningProcessor processor;
  const Response response =
      processor.run(Request::head(server.url("/bytes/1000")).build()).response();
  CHECK(response.status() == 200);
  CHECK(response.method() == "HEAD");
  CHECK(response.headers().get("content-length") == "1000");
  CHECK_FALSE(response.has_body());
  CHECK(processor.run(Request::head(server.url("/gzip")).build())
            .response()
            .headers()
            .get("content-encoding") == "gzip");
  CHECK(server.connections() == 1);
}

TEST_CASE("responses may have no body, an announced empty one, or an empty chunked one") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 204 None\r\n\r\n"), expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), expect_request(),
                         send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
                         expect_request(), send("HTTP/1.1 304 Same\r\ncontent-length: 50\r\n\r\n"),
                         again()});
  RunningProcessor processor;
  const Response no_content = processor.get(server.url()).response();
  CHECK(no_content.status() == 204);
  CHECK_FALSE(no_content.has_body());
  CHECK_FALSE(processor.get(server.url()).response().has_body());
  const Response chunked = processor.get(server.url()).response();
  CHECK(chunked.has_body());
  CHECK(chunked.body().empty());
  const Response not_modified = processor.get(server.url()).response();
  CHECK(not_modified.status() == 304);
  CHECK_FALSE(not_modified.has_body());
  CHECK(server.connections() == 1);
}

TEST_CASE("repeated response headers are kept apart, in order") {
  DynamicServer server;
  RunningProcessor processor;
  const Headers headers = processor.get(server.url("/headers")).response().headers();
  CHECK(headers.get_all("x-many") == std::vector<std::string_view>{"one", "two"});
  CHECK(headers.joined("set-cookie") == "a=1; Path=/\nb=2, c");
  CHECK(headers.get("x-empty") == "");
}

TEST_CASE("hard case 38: interim responses are skipped, 10 and 200 of them") {
  for (const int count : {10, 200}) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += "HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\n";
    ScriptedServer server(
        {expect_request(), send(bytes + response(200, "final", "x-final: 1\r\n"))});
    RunningProcessor processor;
    const Response response = processor.get(server.url()).response();
    CHECK(response.status() == 200);
    CHECK(response.body() == "final");
    CHECK_FALSE(response.headers().contains("link"));
    CHECK(response.headers().get("x-final") == "1");
  }
}

TEST_CASE("hard case 45: a folded header is unfolded to one blank") {
  ScriptedServer server(
      {expect_request(), send(response(200, "ok", "x-folded: one\r\n \t two\r\n"))});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).response().headers().get("x-folded") == "one two");
}

TEST_CASE("hard case 13: a body without a length ends with its connection") {
  ScriptedServer server({expect_request(), send("HTTP/1.0 200 OK\r\n\r\nto the end"), close()});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).body() == "to the end");
}

TEST_CASE("the callback's name and arguments come back with every kind of outcome") {
  DynamicServer server;
  RunningProcessor processor;
  const CallbackArgs args = {{"user_id", 123}, {"tags", Value::array({"a", nullptr})}};
  const Outcome complete = processor.run(Request::get(server.url("/status/200")).build(), args);
  CHECK(complete.callback() == "TestCallback");
  CHECK(complete.response().callback_args() == args);
  const Outcome refused =
      processor.run(Request::get("http://127.0.0.1:" + std::to_string(free_port())).build(), args);
  CHECK(refused.callback() == "TestCallback");
  CHECK(refused.error().callback_args() == args);
  const Outcome raised = processor.run(Request::get(server.url("/status/404")).build(), args,
                                       {.raise_error_responses = true});
  CHECK(raised.error().callback_args() == args);
  CHECK(complete.thread() != std::this_thread::get_id());
}

TEST_CASE("other statuses than 2xx are errors for tasks that ask for it") {
  DynamicServer server;
  RunningProcessor usual;
  RunningProcessor raising(test_configuration().set_raise_error_responses(true));
  CHECK(usual.get(server.url("/status/503")).status() == 503);
  CHECK(raising.get(server.url("/status/201")).status() == 201);

  const Outcome client_error = raising.get(server.url("/status/404"));
  CHECK(client_error.error().error_class() == "AsyncHttpPool::ClientError");
  CHECK(client_error.error_type() == ErrorType::http_error);
  CHECK(client_error.http_error().status() == 404);
  CHECK(client_error.http_error().response().url() == server.url("/status/404"));
  CHECK(raising.get(server.url("/status/500")).error().error_class() ==
        "AsyncHttpPool::ServerError");
  CHECK(raising.get(server.url("/status/304")).error().error_class() == "AsyncHttpPool::HttpError");

  const auto ask = [&](RunningProcessor& processor, bool raise) {
    return processor.run(Request::get(server.url("/status/500")).build(), {},
                         {.raise_error_responses = raise});
  };
  CHECK(ask(usual, true).is_error());
  CHECK(ask(raising, false).is_response());
}

TEST_CASE("a response as JSON has all that is known of it") {
  DynamicServer server;
  server.route("/text", [](const ReceivedRequest&) {
    return Reply{.headers = {{"content-type", "text/plain; charset=utf-8"}},
                 .body = "gr\xC3\xBC\xC3\x9F"};
  });
  RunningProcessor processor;
  const Request request =
      Request::post(server.url("/text")).json(Value::object({{"a", 1}})).build();
  const Outcome outcome =
      processor.run(request, {{"k", 1}}, {.raise_error_responses = {}, .id = "id-1"});
  CHECK(server.requests().back().body == R"({"a":1})");
  const Value json = Value::from_json(outcome.response().to_json());
  CHECK(json.find("status")->as_integer() == 200);
  CHECK(json.find("headers")->find("content-type")->as_string() == "text/plain; charset=utf-8");
  CHECK(json.find("body")->find("encoding")->as_string() == "text");
  CHECK(json.find("body")->find("value")->as_string() == "gr\xC3\xBC\xC3\x9F");
  CHECK(json.find("duration")->as_double() > 0.0);
  CHECK(json.find("request_id")->as_string() == "id-1");
  CHECK(json.find("url")->as_string() == server.url("/text"));
  CHECK(json.find("http_method")->as_string() == "post");
  CHECK(json.find("callback_args")->to_json() == R"({"k":1})");
  CHECK(json.find("redirects")->as_array().empty());
}

TEST_CASE("a fragment stays here, a query goes as it is") {
  DynamicServer server;
  RunningProcessor processor;
  REQUIRE(processor.get(server.url("/echo?a=%20b&c=//../#part")).status() == 200);
  CHECK(server.requests().back().target == "/echo?a=%20b&c=//../");
}
