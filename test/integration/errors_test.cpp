// How failures are classified.
#include "support/catch.hpp"
#include "support/full_listener.hpp"
#include "support/recording_logger.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string ok_head = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST_CASE("what a server does wrong has a type and a code") {
  struct Row {
    const char* title;
    Script script;
    const char* summary;
  };
  const Row rows[] = {
      {"hard case 9: reset before any byte",
       {expect_request(), reset()},
       "connection connection_lost"},
      {"hard case 10: closed before any byte",
       {expect_request(), close()},
       "connection connection_lost"},
      {"hard case 1: closed within a body of known length",
       {expect_request(), send(ok_head + "content-length: 10\r\n\r\n12345"), close()},
       "connection truncated_response"},
      {"hard case 4: closed before the last chunk",
       {expect_request(), send(ok_head + "transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n"),
        close()},
       "connection truncated_response"},
      {"hard case 8: reset within the body",
       {expect_request(), send(ok_head + "content-length: 10\r\n\r\n12345"), reset()},
       "connection connection_lost"},
      {"hard case 11: closed within the status line",
       {expect_request(), send("HTTP/1.1 2"), close()},
       "connection connection_lost"},
      {"hard case 11: closed within the headers",
       {expect_request(), send(ok_head + "content-le"), close()},
       "connection truncated_response"},
      {"hard case 12: closed before the blank line",
       {expect_request(), send(ok_head + "content-length: 0\r\n"), close()},
       "connection truncated_response"},
      {"hard case 65: corrupt gzip",
       {expect_request(),
        send(response(200, "\x1f\x8b nonsense in here", "content-encoding: gzip\r\n"))},
       "unknown content_decoding"},
      {"hard case 70: gzip announced, plain body",
       {expect_request(), send(response(200, "plain text", "content-encoding: gzip\r\n"))},
       "unknown content_decoding"},
      {"hard case 68: unknown coding",
       {expect_request(), send(response(200, "text", "content-encoding: exotic\r\n"))},
       "unknown content_decoding"},
      {"hard case 52: the banner of another protocol",
       {expect_request(), send("SSH-2.0-OpenSSH_9.2\r\n"), close()},
       "unknown protocol_violation"},
      {"hard case 53: status 000",
       {expect_request(), send("HTTP/1.1 000 What\r\ncontent-length: 0\r\n\r\n")},
       "unknown protocol_violation"},
      {"hard case 40: unexpected 101",
       {expect_request(),
        send("HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nbytes")},
       "unknown protocol_violation"},
      {"hard case 46: first header line folded",
       {expect_request(), send(ok_head + " folded: 1\r\ncontent-length: 0\r\n\r\n")},
       "unknown protocol_violation"},
      {"hard case 47: NUL in a header",
       {expect_request(),
        send(ok_head + std::string("x-nul: a\0b\r\n", 12) + "content-length: 0\r\n\r\n")},
       "unknown protocol_violation"},
      {"hard case 48: a header without a colon",
       {expect_request(), send(ok_head + "no colon here\r\ncontent-length: 0\r\n\r\n")},
       "unknown protocol_violation"},
      {"hard case 19: a negative length",
       {expect_request(), send(ok_head + "content-length: -1\r\n\r\n")},
       "unknown protocol_violation"},
  };
  RunningProcessor processor(without_retries());
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.title) {
      ScriptedServer server(row.script);
      CHECK(processor.get(server.url()).summary() == row.summary);
    }
  }
}

TEST_CASE("nobody listens: connection refused, with what the application wants to know") {
  RunningProcessor processor(without_retries());
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port()) + "/path";
  const Outcome outcome = processor.run(Request::post(url).body("x").build(), {{"k", "v"}},
                                        {.raise_error_responses = {}, .id = "id-7"});
  CHECK(outcome.summary() == "connection connection_refused");
  const RequestError& error = outcome.request_error();
  CHECK(error.url() == url);
  CHECK(error.method() == "POST");
  CHECK(error.request_id() == "id-7");
  CHECK_FALSE(error.message().empty());
  const Value json = Value::from_json(error.to_json());
  CHECK(json.find("class_name")->as_string() == "AsyncHttpPool::ConnectionError");
  CHECK(json.find("error_type")->as_string() == "connection");
  CHECK(json.find("code")->as_string() == "connection_refused");
  CHECK(json.find("http_method")->as_string() == "post");
  CHECK(json.find("request_id")->as_string() == "id-7");
  CHECK(json.find("callback_args")->to_json() == R"({"k":"v"})");
  CHECK(json.find("backtrace")->as_array().empty());
}

TEST_CASE("hard case 105: a name without an address is an error of name resolution") {
  RunningProcessor processor(without_retries());
  CHECK(processor.get("http://a.nowhere.test/").summary() == "connection name_resolution");
}

TEST_CASE("hard case 103: a server that never answers runs into the request timeout") {
  ScriptedServer server({expect_request()});
  RunningProcessor processor(without_retries());
  const auto start = Clock::now();
  const Outcome outcome = processor.run(Request::get(server.url()).timeout(200ms).build());
  const auto taken = Clock::now() - start;
  CHECK(outcome.summary() == "timeout request_timeout");
  CHECK(taken >= 200ms);
  CHECK(taken < 5s);
  CHECK(server.wait_for_peer_close(0));  // hard case 112: the connection is not kept
}

TEST_CASE("hard case 102: a body that drips in does not extend the request timeout") {
  ScriptedServer server({expect_request(), send(ok_head + "content-length: 100000\r\n\r\n"),
                         send_slowly(std::string(100'000, 'd'), 5ms)});
  RunningProcessor processor(without_retries().set_request_timeout(300ms));
  CHECK(processor.get(server.url()).summary() == "timeout request_timeout");
}

TEST_CASE("headers that drip in do not extend the request timeout either") {
  ScriptedServer server(
      {expect_request(), send_slowly("HTTP/1.1 200 OK\r\n" + std::string(5000, 'h'), 5ms)});
  RunningProcessor processor(without_retries());
  CHECK(processor.run(Request::get(server.url()).timeout(300ms).build()).summary() ==
        "timeout request_timeout");
}

TEST_CASE("hard case 99: a host that does not answer runs into the connection timeout") {
  const FullListener listener;
  RunningProcessor processor(without_retries().set_connection_timeout(200ms));
  const auto start = Clock::now();
  CHECK(processor.get(listener.url()).summary() == "timeout connect_timeout");
  CHECK(Clock::now() - start < 5s);
  RunningProcessor without_limit(without_retries().set_request_timeout(200ms));
  CHECK(without_limit.get(listener.url()).summary() == "timeout request_timeout");
}

TEST_CASE("the connection timeout does not limit the response") {
  Gate gate;
  ScriptedServer server({expect_request(), send_slowly("HTTP/1.1 200 OK\r\n", 20ms),
                         send("content-length: 0\r\n\r\n")});
  RunningProcessor processor(without_retries().set_connection_timeout(100ms));
  CHECK(processor.get(server.url()).status() == 200);
}

TEST_CASE("hard case 104: each of many requests has its own deadline") {
  ScriptedServer server({expect_request()});
  RunningProcessor processor(without_retries());
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 100; ++i) {
    const auto timeout = 100ms + i % 10 * 20ms;
    handlers.push_back(processor.begin(Request::get(server.url()).timeout(timeout).build()));
  }
  for (const auto& handler : handlers)
    CHECK(handler->outcome().summary() == "timeout request_timeout");
  CHECK(processor->wait_until_idle(patience));
}

TEST_CASE("hard case 89: user information in a URL is refused, without repeating the secret") {
  CHECK_THROWS_WITH(Request::get("http://user:s3cret@127.0.0.1/"), !Catch::Contains("s3cret"));
}

TEST_CASE("no secret of a request reaches an error or the log") {
  const auto logger = std::make_shared<RecordingLogger>();
  RunningProcessor processor(without_retries().set_logger(logger));
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  const Outcome outcome =
      processor.run(Request::get(url).header("Authorization", "Bearer s3cret").build());
  CHECK(outcome.error().to_json().find("s3cret") == std::string::npos);
  CHECK_FALSE(logger->contains("s3cret"));
}
