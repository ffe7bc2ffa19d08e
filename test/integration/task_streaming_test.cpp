// Tasks whose handlers get the body of the response as it arrives.
#include "support/catch.hpp"
#include "support/digest_guard.hpp"
#include "support/dynamic_server.hpp"
#include "support/pour_server.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/streaming_handler.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* chunked_head =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-a: 1\r\n\r\n";

std::shared_ptr<StreamingHandler> begin(RunningProcessor& processor, const Request& request,
                                        StreamingHandler::Action action = nullptr,
                                        const TaskOptions& options = {}) {
  auto handler = std::make_shared<StreamingHandler>(std::move(action));
  processor->enqueue(RequestTask(request, handler, "callback", {}, options));
  return handler;
}

std::shared_ptr<StreamingHandler> begin_get(RunningProcessor& processor, const std::string& url,
                                            StreamingHandler::Action action = nullptr) {
  return begin(processor, Request::get(url).build(), std::move(action));
}

}  // namespace

TEST_CASE("a handler gets each piece as the server sends it, then the response without a body") {
  std::array<Gate, 3> gates;
  Script script = {expect_request(), send(chunked_head)};
  for (Gate& gate : gates) {
    script.push_back(wait_for(gate));
    script.push_back(send("5\r\npiece\r\n"));
  }
  script.push_back(send("0\r\nx-sum: 3\r\n\r\n"));
  ScriptedServer server(script);
  RunningProcessor processor(without_retries());
  std::atomic<bool> is_told_all = true;
  const auto handler =
      begin_get(processor, server.url(), [&](const Response& response, std::string_view) {
        if (response.status() != 200 || response.headers().get("x-a") != "1" ||
            response.has_body() || response.url() != server.url())
          is_told_all = false;
      });
  for (std::size_t i = 0; i < gates.size(); ++i) {
    CHECK(handler->pieces() == i);
    gates[i].open();
    CHECK(handler->wait_for_bytes(5 * (i + 1)));
  }
  const Outcome outcome = handler->outcome();
  CHECK(is_told_all);
  CHECK(outcome.status() == 200);
  CHECK_FALSE(outcome.response().has_body());
  CHECK(outcome.response().headers().get("x-a") == "1");
  CHECK(outcome.response().trailers() == Headers{{"x-sum", "3"}});
  CHECK(outcome.response().metrics().bytes_received == 15);
  CHECK(outcome.callback() == "callback");
  CHECK(handler->body() == "piecepiecepiece");
  CHECK(handler->pieces() == 3);
  CHECK_FALSE(handler->is_late());
}

TEST_CASE("a response without a body has no pieces") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 204 No Content\r\n\r\n"),
                         expect_request(), send(response(200, "")), expect_request(),
                         send(response(404, "gone"))});
  RunningProcessor processor(without_retries());
  for (const auto& [status, body] : {std::pair(204, ""), {200, ""}, {404, "gone"}}) {
    const auto handler = begin_get(processor, server.url());
    CHECK(handler->outcome().status() == status);
    CHECK(handler->body() == body);
  }
}

TEST_CASE("a body beyond max_response_size can be streamed, decoded too") {
  DynamicServer server;
  RunningProcessor processor(without_retries().set_max_response_size(1000));
  const auto large = begin_get(processor, server.url("/bytes/3000000"));
  CHECK(large->outcome().status() == 200);
  CHECK(large->body() == std::string(3'000'000, 'x'));
  const auto decoded = begin_get(processor, server.url("/gzip"));
  CHECK(decoded->outcome().status() == 200);
  CHECK(decoded->body().size() == 5000);
  CHECK(processor.get(server.url("/bytes/1001")).summary() == "response_too_large body_too_large");
}

TEST_CASE("a handler that throws fails its request, with its cause, and gets no more") {
  PourServer server;
  RunningProcessor processor;
  std::atomic<int> calls = 0;
  const auto handler = begin_get(processor, server.url(std::uint64_t{1} << 30),
                                 [&](const Response&, std::string_view) {
                                   if (++calls == 3) throw std::out_of_range("the disk is full");
                                 });
  const Outcome outcome = handler->outcome();
  CHECK(outcome.summary() == "unknown cancelled");
  CHECK_THAT(outcome.error().message(), Catch::Contains("the disk is full"));
  REQUIRE(outcome.error().cause() != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(outcome.error().cause()), std::out_of_range);
  CHECK(calls == 3);
  CHECK(server.wait_for_closed(1));
  CHECK(processor->wait_until_idle(patience));
  CHECK(handler->record().outcomes().size() == 1);
}

TEST_CASE("a handler that throws at the last piece fails its request, too") {
  ScriptedServer server(ok_each_time());
  RunningProcessor processor;
  const auto handler = begin_get(processor, server.url(), [](const Response&, std::string_view) {
    throw std::out_of_range("the disk is full");
  });
  CHECK(handler->outcome().summary() == "unknown cancelled");
  CHECK(processor.get(server.url()).body() == "ok");
}

TEST_CASE("a handler that takes its time makes the server wait") {
  PourServer server;
  constexpr std::uint64_t bytes = std::uint64_t{64} << 20;
  RunningProcessor processor(without_retries());
  Gate go_on;
  const auto handler =
      begin_get(processor, server.url(bytes),
                [&](const Response&, std::string_view) { static_cast<void>(go_on.wait()); });
  REQUIRE(server.wait_for_sent(1));
  const std::uint64_t sent = server.wait_until_still();
  CHECK(sent < bytes / 2);
  CHECK_FALSE(server.wait_for_sent(sent + 1, 500ms));
  go_on.open();
  CHECK(handler->outcome().status() == 200);
  CHECK(handler->body().size() == bytes);
  CHECK(PourServer::is_part(handler->body(), 0));
}

TEST_CASE("pieces have at most the size of the buffer, or what libcurl hands out at once") {
  PourServer server;
  RunningProcessor processor(without_retries());
  std::atomic<std::size_t> largest = 0;
  const Request request =
      get_with(server.url(4'000'000), RequestConfig().set_stream_buffer_size(1000));
  const auto handler = begin(processor, request, [&](const Response&, std::string_view piece) {
    largest = std::max(largest.load(), piece.size());
  });
  CHECK(handler->outcome().status() == 200);
  CHECK(PourServer::is_part(handler->body(), 0));
  CHECK(handler->body().size() == 4'000'000);
  CHECK(largest <= 16'384);
}

TEST_CASE("an error response that is raised is not streamed") {
  ScriptedServer server({expect_request(), send(response(500, "sorry")), again()});
  RunningProcessor processor(without_retries());
  const auto handler = begin(processor, Request::get(server.url()).build(), nullptr,
                             {.raise_error_responses = true});
  CHECK(handler->outcome().http_error().response().body() == "sorry");
  CHECK(handler->pieces() == 0);
  const auto streamed = begin_get(processor, server.url());
  CHECK(streamed->outcome().status() == 500);
  CHECK(streamed->body() == "sorry");
}

TEST_CASE("bodies of redirects, retries and rounds of authentication are not handed over") {
  DynamicServer server;
  RunningProcessor processor;
  std::atomic<int> attempts = 0;
  server.route("/from", [](const ReceivedRequest&) {
    return Reply{.status = 302, .headers = {{"location", "/flaky"}}, .body = "redirect"};
  });
  server.route("/flaky", [&attempts](const ReceivedRequest&) {
    return attempts++ == 0 ? Reply{.status = 503, .headers = {}, .body = "retry"}
                           : Reply{.status = 200, .headers = {}, .body = "final"};
  });
  const auto handler =
      begin(processor, get_with(server.url("/from"), RequestConfig().set_retry_statuses({503})));
  CHECK(handler->outcome().status() == 200);
  CHECK(handler->body() == "final");
  CHECK(handler->outcome().response().redirects().size() == 1);

  const DigestRealm realm{.username = "u", .password = "p"};
  server.route("/guarded", guarded_by_digest(realm, [](const ReceivedRequest&) {
                 return Reply{.headers = {}, .body = "inside"};
               }));
  const auto guarded =
      begin(processor,
            get_with(server.url("/guarded"),
                     RequestConfig().set_auth({"digest"}).set_username("u").set_password("p")));
  CHECK(guarded->outcome().status() == 200);
  CHECK(guarded->body() == "inside");
}

TEST_CASE("a body that breaks off is an error behind its pieces, and not tried again") {
  ScriptedServer server(
      {expect_request(), send(std::string(chunked_head) + "4\r\nsome\r\n"), close()});
  RunningProcessor processor;
  const auto handler = begin_get(processor, server.url());
  CHECK(handler->outcome().summary() == "connection truncated_response");
  CHECK(handler->body() == "some");
  CHECK(server.connections() == 1);
}

TEST_CASE("a body that broke off before its first byte is not tried again either") {
  ScriptedServer server({expect_request(), send(chunked_head), close()});
  RunningProcessor processor;
  CHECK(begin_get(processor, server.url())->outcome().summary() == "connection truncated_response");
}

TEST_CASE("a task that is stopped in the middle of its body is given back") {
  ScriptedServer server({expect_request(), send(std::string(chunked_head) + "4\r\nsome\r\n")});
  RunningProcessor processor;
  const auto handler = begin_get(processor, server.url());
  REQUIRE(handler->wait_for_bytes(4));
  processor->stop(0ms);
  CHECK(handler->outcome().is_retry());
  CHECK(handler->body() == "some");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("observers see a streamed task like any other") {
  ScriptedServer server(ok_each_time());
  Processor processor(without_retries());
  const auto observer = std::make_shared<RecordingObserver>();
  processor.observe(observer);
  processor.start();
  const auto handler = std::make_shared<StreamingHandler>();
  processor.enqueue(RequestTask(Request::get(server.url()).build(), handler, "callback"));
  CHECK(handler->outcome().status() == 200);
  processor.stop();
  CHECK(handler->record().outcomes().size() == 1);
  CHECK(observer->count("request_start") == 1);
  CHECK(observer->count("request_end") == 1);
  CHECK(observer->count("request_error") == 0);
}
