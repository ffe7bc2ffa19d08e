// What is sent again, and what is not.
#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/socket_shortage.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Request request_of(const std::string& method, const std::string& url) {
  RequestBuilder builder = Request::builder(method, url);
  if (method != "GET" && method != "HEAD") builder.body("x");
  return builder.build();
}

}  // namespace

TEST_CASE(
    "a connection that dies before any byte: idempotent requests are retried, others are not") {
  for (const Step& death : {close(), reset()}) {
    for (const std::string method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
      INFO(method);
      ScriptedServer server({expect_request(), send(response(200, method == "HEAD" ? "" : "ok"))});
      server.on_connection(0, {expect_request(), death});
      server.on_connection(1, {expect_request(), death});
      RunningProcessor processor(test_configuration().set_retries(2));
      CHECK(processor.run(request_of(method, server.url())).summary() == "response 200");
      CHECK(server.requests().size() == 3);
    }
    for (const std::string method : {"POST", "PATCH", "CUSTOM"}) {
      INFO(method);
      ScriptedServer server({expect_request(), send(response(200, "ok"))});
      server.on_connection(0, {expect_request(), death});
      RunningProcessor processor;
      CHECK(processor.run(request_of(method, server.url())).summary() ==
            "connection connection_lost");
      CHECK(server.requests().size() == 1);
    }
  }
}

TEST_CASE("attempts are limited by retries, and each carries the same id") {
  ScriptedServer server({expect_request(), close()});
  RunningProcessor processor(test_configuration().set_retries(3));
  CHECK(
      processor
          .run(Request::get(server.url()).build(), {}, {.raise_error_responses = {}, .id = "same"})
          .summary() == "connection connection_lost");
  CHECK(server.requests().size() == 4);
  for (const ReceivedRequest& request : server.requests())
    CHECK(request.header("x-request-id") == "same");

  ScriptedServer once({expect_request(), close()});
  RunningProcessor without(test_configuration().set_retries(0));
  CHECK(without.get(once.url()).summary() == "connection connection_lost");
  CHECK(once.requests().size() == 1);
}

TEST_CASE("nothing is retried once a byte of the response has come") {
  for (const char* beginning :
       {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"}) {
    INFO(beginning);
    ScriptedServer server({expect_request(), send(beginning), close()});
    RunningProcessor processor;
    CHECK(processor.get(server.url()).summary() == "connection truncated_response");
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("responses are not retried unless that is asked for, nor are time-outs") {
  ScriptedServer server({expect_request(), send(response(503, "", "retry-after: 0\r\n")), again()});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).status() == 503);
  CHECK(server.requests().size() == 1);
  ScriptedServer silent({expect_request()});
  CHECK(processor.run(Request::get(silent.url()).timeout(150ms).build()).summary() ==
        "timeout request_timeout");
  CHECK(silent.connections() == 1);
}

TEST_CASE("a refused connection is tried again, for POST too, and the error comes in the end") {
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  RunningProcessor processor(test_configuration().set_retries(3));
  CHECK(processor.run(request_of("POST", url)).summary() == "connection connection_refused");
}

TEST_CASE("a retry keeps to the deadline of its task") {
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  RunningProcessor processor(test_configuration().set_retries(100).set_retry_delay(100ms));
  const auto start = Clock::now();
  CHECK(processor.run(Request::get(url).timeout(400ms).build()).is_error());
  CHECK(Clock::now() - start < 3s);
}

TEST_CASE("a task that waits for its retry is given back by stop") {
  ScriptedServer server({expect_request(), close()});
  RunningProcessor processor(test_configuration().set_retries(100).set_retry_delay(14s));
  const auto waiting = processor.begin_get(server.url());
  REQUIRE(server.wait_for_requests(1));
  processor->stop(1ms);
  CHECK(waiting->outcome().is_retry());
  CHECK(waiting->outcomes().size() == 1);
}

TEST_CASE("hard case 107: without a descriptor a request that was not sent is tried again") {
  ScriptedServer server({expect_request(), send(response(200, "ok"))});
  RunningProcessor processor(test_configuration().set_retries(1));
  {
    const SocketShortage shortage(1);
    CHECK(processor.run(request_of("POST", server.url())).summary() == "response 200");
    CHECK(shortage.left() == 0);
  }
  ScriptedServer other({expect_request(), send(response(200, "ok"))});
  const SocketShortage shortage(2);
  CHECK(processor.get(other.url()).summary() == "connection out_of_resources");
}

TEST_CASE("hard case 107: for what is not sent twice no descriptor is asked for") {
  ScriptedServer server({expect_request(), send(response(200, "second connection"))});
  server.on_connection(0, {expect_request(), send(response(200, "ok")), expect_request(), close()});
  RunningProcessor processor(test_configuration().set_retries(3));
  REQUIRE(processor.get(server.url()).summary() == "response 200");
  const SocketShortage shortage(1);
  CHECK(processor.run(request_of("POST", server.url())).summary() == "connection response_lost");
  CHECK(shortage.left() == 1);
  CHECK(server.requests().size() == 2);
}
