// HTTP/2 as it should be: connections, streams, versions, bodies.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/h2_server.hpp"
#include "support/loaded_curl.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Answers when `group` requests are open on a connection and those are all: when a PING is
/// answered, after which anything that came before it was read.
class GroupingScript {
 public:
  explicit GroupingScript(std::size_t group) : group_(group) {}

  [[nodiscard]] H2Script script() {
    return {.on_request =
                [this](H2Connection& connection, const H2Request& request) {
                  const std::lock_guard lock(mutex_);
                  std::vector<std::uint32_t>& open = open_[connection.index()];
                  open.push_back(request.stream);
                  most_open_ = std::max(most_open_, open.size());
                  if (open.size() == group_) connection.send_ping();
                },
            .on_frame =
                [this](H2Connection& connection, const H2Frame& frame) {
                  if (frame.type != H2Type::ping) return;
                  const std::lock_guard lock(mutex_);
                  for (const std::uint32_t stream : std::exchange(open_[connection.index()], {}))
                    connection.respond(stream, "ok");
                }};
  }
  [[nodiscard]] std::size_t most_open() const {
    const std::lock_guard lock(mutex_);
    return most_open_;
  }

 private:
  const std::size_t group_;
  mutable std::mutex mutex_;
  std::map<std::size_t, std::vector<std::uint32_t>> open_;  // guarded by mutex_, by connection
  std::size_t most_open_ = 0;                               // guarded by mutex_
};

std::vector<std::shared_ptr<RecordingHandler>> begin_many(RunningProcessor& processor,
                                                          const H2Server& server, int count) {
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < count; ++i) handlers.push_back(processor.begin_get(server.url()));
  return handlers;
}

}  // namespace

TEST_CASE("a cold burst of 64 requests to one HTTP/2 origin uses one connection") {
  NginxServer nginx({.identity = certificates().good()});
  H2Server server(certificates().good(),
                  {.on_request = [](H2Connection& connection, const H2Request& request) {
                    connection.respond(request.stream, "ok");
                  }});
  RunningProcessor processor(trusting());
  auto handlers = begin_many(processor, server, 64);
  for (int i = 0; i < 64; ++i) handlers.push_back(processor.begin_get(nginx.tls_url("/tiny")));
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "ok");
  CHECK(server.connections() == 1);
  CHECK(nginx.accepted_connections() == 1);
}

TEST_CASE("a burst beyond max_streams uses no more connections than that takes") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor processor(trusting().set_lane_size(128).set_max_connections(300));
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 300; ++i) handlers.push_back(processor.begin_get(server.tls_url("/tiny")));
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "ok");
  // 100 streams each; left to itself libcurl 7.88 makes a connection for each request beyond.
  CHECK(server.accepted_connections() <= 3);
}

TEST_CASE("max_streams limits what one connection carries at a time") {
  const std::size_t streams = GENERATE(3U, 12U);
  GroupingScript grouping(streams);
  H2Server server(certificates().good(), grouping.script());
  Configuration configuration = trusting();
  configuration.set_client_config(
      ClientConfig(configuration.client_config()).set_max_streams(static_cast<int>(streams)));
  RunningProcessor processor(configuration);
  for (const auto& handler : begin_many(processor, server, 12))
    CHECK(handler->outcome().body() == "ok");
  CHECK(grouping.most_open() == streams);
}

TEST_CASE("HTTP/2 with prior knowledge works where libcurl can, else it is a clear error") {
  H2Server server(std::nullopt, {.on_request = [](H2Connection& connection, const H2Request& r) {
                    connection.respond(r.stream, r.stream == 0 ? "HTTP/1.1" : "HTTP/2");
                  }});
  RunningProcessor processor(trusting());
  const Request request =
      Request::get(server.url())
          .config(RequestConfig().set_http_version(HttpVersion::http2_prior_knowledge))
          .build();
  if (loaded_curl_is_before_8()) {
    const Outcome outcome = processor.run(request);
    CHECK(outcome.summary() == "unknown unsupported_option");
    CHECK(outcome.error().message().find("8.0") != std::string::npos);
    CHECK(server.connections() == 0);
    return;
  }
  SECTION("hard case 141: on a connection that is used again, too") {
    for (int i = 0; i < 3; ++i) CHECK(processor.run(request).body() == "HTTP/2");
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("HTTP/3 where libcurl lacks it is a clear error, and nothing is sent") {
  if (loaded_curl_has_http3()) return;
  H2Server server(certificates().good(), {.on_request = [](H2Connection&, const H2Request&) {}});
  RunningProcessor processor(trusting());
  const Outcome outcome =
      processor.run(Request::get(server.url())
                        .config(RequestConfig().set_http_version(HttpVersion::http3))
                        .build());
  CHECK(outcome.summary() == "unknown unsupported_option");
  CHECK(outcome.error().message().find("HTTP/3") != std::string::npos);
  CHECK(server.connections() == 0);
}

TEST_CASE("a request may ask for HTTP/1.1 where the server has HTTP/2") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, r.stream == 0 ? "HTTP/1.1" : "HTTP/2");
                  }});
  RunningProcessor processor(trusting());
  CHECK(processor.get(server.url()).body() == "HTTP/2");
  CHECK(processor
            .run(Request::get(server.url())
                     .config(RequestConfig().set_http_version(HttpVersion::http1_1))
                     .build())
            .body() == "HTTP/1.1");
}

TEST_CASE("a body that comes in many small pieces is complete") {
  constexpr int events = 2000;
  H2Server server(
      certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
        c.send_headers(r.stream, {{":status", "200"}, {"content-type", "text/event-stream"}});
        for (int i = 0; i < events; ++i) {
          c.send_data(r.stream, "data: " + std::to_string(i) + "\n\n");
          if (i % 100 == 0) c.send_ping();
        }
        c.send_data(r.stream, "", H2Flags::end_stream);
      }});
  RunningProcessor processor(trusting());
  std::string expected;
  for (int i = 0; i < events; ++i) expected += "data: " + std::to_string(i) + "\n\n";
  CHECK(processor.get(server.url()).body() == expected);
}

TEST_CASE("the body of a request arrives over HTTP/2, with the windows that it needs") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, std::to_string(r.body_bytes));
                  }});
  RunningProcessor processor(trusting());
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  const std::string body(300'000, 'u');
  for (int i = 0; i < 8; ++i)
    handlers.push_back(processor.begin(Request::post(server.url()).body(body).build()));
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "300000");
  CHECK(server.connections() == 1);
}

TEST_CASE("trailers over HTTP/2 mean what they mean over HTTP/1") {
  H2Server modern(
      certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
        c.send_headers(r.stream, {{":status", "200"}, {"x-head", "1"}});
        c.send_data(r.stream, "body");
        c.send_headers(r.stream, {{"x-trailer", "2"}}, H2Flags::end_headers | H2Flags::end_stream);
      }});
  ScriptedServer old(
      {expect_request(), send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-head: 1\r\n\r\n"
                              "4\r\nbody\r\n0\r\nx-trailer: 2\r\n\r\n")});
  RunningProcessor processor(trusting());
  const Outcome over_http2 = processor.get(modern.url());
  const Outcome over_http1 = processor.get(old.url());
  CHECK(over_http2.body() == "body");
  CHECK(over_http2.body() == over_http1.body());
  CHECK(over_http2.response().headers() == over_http1.response().headers());
  CHECK(over_http2.response().trailers() == Headers{{"x-trailer", "2"}});
  CHECK(over_http1.response().trailers() == Headers{{"x-trailer", "2"}});
}

TEST_CASE("trailers over HTTP/2 count against the limits of headers") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.send_headers(r.stream, {{":status", "200"}});
                    c.send_data(r.stream, "body");
                    H2Fields trailers;
                    for (int i = 0; i < 20; ++i) trailers.push_back({"x-t", std::to_string(i)});
                    c.send_headers(r.stream, trailers, H2Flags::end_headers | H2Flags::end_stream);
                  }});
  RunningProcessor processor(trusting().set_max_header_count(10));
  CHECK(processor.get(server.url()).summary() == "response_too_large headers_too_large");
}
