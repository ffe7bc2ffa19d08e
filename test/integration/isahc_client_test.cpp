// Behaviours that Isahc's tests assert of its client; the whole list is in
// README.md.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace async_http_pool::test {
namespace {

Client make_client() { return Client(without_retries()); }

/// Gives `text` in pieces of 5 bytes, then fails with `failure` if there is one.
std::shared_ptr<BodySource> source_of(std::string text, std::exception_ptr failure = nullptr,
                                      BodySourceOptions options = {}) {
  return make_body_source(
      [text = std::move(text), failure](std::span<char> buffer) mutable {
        if (text.empty() && failure != nullptr) std::rethrow_exception(failure);
        const std::size_t size = std::min({text.size(), buffer.size(), std::size_t{5}});
        std::copy_n(text.begin(), size, buffer.begin());
        text.erase(0, size);
        return size;
      },
      std::move(options));
}

Request with_source(const std::string& method, const std::string& url,
                    std::shared_ptr<BodySource> source) {
  return Request::builder(method, url).body_source(std::move(source)).build();
}

/// What the request fails with; throws when it does not.
RequestError failure_of(const Client& client, const Request& request) {
  try {
    static_cast<void>(client.execute(request));
  } catch (const RequestError& error) {
    return error;
  }
  throw std::logic_error("the request did not fail");
}

}  // namespace

TEST_CASE("isahc: change_http_method_with_interceptor") {
  class ToHead final : public Interceptor {
    ResponseFuture intercept(Request request, Next next) override {
      return next(Request::head(request.url()).headers(request.headers()).build());
    }
  };
  DynamicServer server;
  const Client client = make_client().with_interceptor(std::make_shared<ToHead>());
  CHECK(client.get(server.url("/bytes/10")).body().empty());
  CHECK(server.requests().back().method == "HEAD");
}

TEST_CASE("isahc: request_with_body_of_known_size of a stream") {
  DynamicServer server;
  const Client client = make_client();
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "FOOBAR"}) {
    INFO(method);
    REQUIRE(client
                .execute(with_source(method, server.url("/status/200"),
                                     source_of("Hello, World", nullptr, {.size = 12})))
                .status() == 200);
    const ReceivedRequest received = server.requests().back();
    CHECK(received.method == method);
    CHECK(received.body == "Hello, World");
    CHECK(received.header("content-length") == "12");
    CHECK_FALSE(received.headers.contains("transfer-encoding"));
  }
}

TEST_CASE("isahc: request_with_body_of_unknown_size_uses_chunked_encoding") {
  DynamicServer server;
  const Client client = make_client();
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "FOOBAR"}) {
    INFO(method);
    REQUIRE(
        client.execute(with_source(method, server.url("/status/200"), source_of("Hello, World")))
            .status() == 200);
    const ReceivedRequest received = server.requests().back();
    CHECK(received.method == method);
    CHECK(received.body == "Hello, World");
    CHECK(received.header("transfer-encoding") == "chunked");
    CHECK_FALSE(received.headers.contains("content-length"));
    CHECK_FALSE(received.headers.contains("expect"));
  }
  CHECK(server.connections() == 1);
  // Isahc ignores a coding of the user's; here it is refused.
  CHECK_THROWS_AS(Request::post(server.url("/")).header("transfer-encoding", "identity"),
                  std::invalid_argument);
}

TEST_CASE("isahc: expect_header_is_sent with a body of unknown size") {
  DynamicServer server;
  const Client client = make_client();
  for (const auto wait : {0ms, 200ms}) {
    const Request request = Request::post(server.url("/status/200"))
                                .body_source(source_of("Hello, World"))
                                .config(RequestConfig().set_expect_timeout(wait))
                                .build();
    REQUIRE(client.execute(request).status() == 200);
    CHECK(server.requests().back().header("expect") == (wait == 0ms ? "" : "100-continue"));
    CHECK(server.requests().back().body == "Hello, World");
  }
}

TEST_CASE("isahc: upload_from_bad_reader_returns_error_with_original_cause, of a body source") {
  DynamicServer server;
  const Client client = make_client();
  const auto cause = std::make_exception_ptr(std::out_of_range("the reader is at its end"));
  for (const std::string sent : {"", "Hello", "Hello, World"}) {
    for (const bool is_size_known : {false, true}) {
      INFO(sent << " " << is_size_known);
      BodySourceOptions options;
      if (is_size_known) options.size = 100;
      const RequestError error = failure_of(
          client, with_source("POST", server.url("/status/200"), source_of(sent, cause, options)));
      CHECK(error.code() == ErrorCode::request_body);
      REQUIRE(error.cause() != nullptr);
      CHECK_THROWS_WITH(std::rethrow_exception(error.cause()), "the reader is at its end");
      CHECK_THROWS_AS(std::rethrow_exception(error.cause()), std::out_of_range);
    }
  }
  CHECK(server.requests().empty());  // none was complete
  CHECK(client.get(server.url("/status/200")).status() == 200);
}

TEST_CASE("isahc: upload_from_bad_async_reader_returns_error_with_original_cause") {
  DynamicServer server;
  const Client client = make_client();
  BodyWriter writer;
  ResponseFuture future =
      client.send(with_source("POST", server.url("/status/200"), writer.source()));
  REQUIRE(writer.write("Hello"));
  writer.fail(std::make_exception_ptr(std::out_of_range("the writer is at its end")));
  try {
    static_cast<void>(future.get());
    FAIL("the request did not fail");
  } catch (const RequestError& error) {
    CHECK(error.code() == ErrorCode::request_body);
    REQUIRE(error.cause() != nullptr);
    CHECK_THROWS_WITH(std::rethrow_exception(error.cause()), "the writer is at its end");
  }
  CHECK(server.requests().empty());
}

TEST_CASE("isahc: redirect_non_rewindable_body_returns_error") {
  DynamicServer server;
  for (const int status : {307, 308}) {
    INFO(status);
    server.route("/from", [status](const ReceivedRequest&) {
      return Reply{.status = status, .headers = {{"location", "/status/200"}}, .body = {}};
    });
    const Client client = make_client();
    const std::size_t before = server.requests().size();
    const RequestError error =
        failure_of(client, with_source("POST", server.url("/from"), source_of("Hello, World")));
    CHECK(error.code() == ErrorCode::request_body);
    CHECK(error.metrics().remote_address.port == server.port());
    CHECK(server.requests().size() == before + 1);

    // One that can go back is sent again.
    const auto text = std::make_shared<std::string>("Hello, World");
    const auto position = std::make_shared<std::size_t>(0);
    const auto rewindable = make_body_source(
        [=](std::span<char> buffer) {
          const std::size_t size = text->copy(buffer.data(), buffer.size(), *position);
          *position += size;
          return size;
        },
        {.size = {}, .rewind = [=] { return *position = 0, true; }});
    CHECK(client.execute(with_source("POST", server.url("/from"), rewindable)).status() == 200);
    CHECK(server.requests().back().body == "Hello, World");
  }
}

TEST_CASE("isahc: head_request_with_content_length_response_returns_empty_body of a stream") {
  DynamicServer server;
  const Client client = make_client();
  StreamingResponse response = client.send(Request::head(server.url("/bytes/1000")).build()).get();
  CHECK(response.headers().get("content-length") == "1000");
  CHECK(response.body().bytes().empty());
}

TEST_CASE("isahc: request_errors_if_read_timeout_is_reached, and nothing was sent twice") {
  ScriptedServer server({expect_request()});
  const Client client(test_configuration());
  const RequestError error =
      failure_of(client, Request::post(server.url()).body("x").timeout(200ms).build());
  CHECK(error.code() == ErrorCode::request_timeout);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("isahc: redirect_also_sends_post, redirect_changes_post_to_get of a client") {
  DynamicServer server;
  const Client client = make_client();
  for (const int status : {301, 302, 303, 307, 308}) {
    INFO(status);
    server.route("/from", [status](const ReceivedRequest&) {
      return Reply{.status = status, .headers = {{"location", "/echo"}}, .body = "redirected"};
    });
    StreamingResponse response =
        client.send(Request::post(server.url("/from")).body("Hello").build()).get();
    CHECK(response.status() == 200);
    CHECK(response.url() == server.url("/echo"));
    CHECK(response.redirects() == std::vector<std::string>{server.url("/from")});
    CHECK(response.body().json()["method"].as_string() == (status < 307 ? "GET" : "POST"));
    CHECK(server.requests().back().body == (status < 307 ? "" : "Hello"));
  }
}

TEST_CASE("isahc: header_can_be_inserted_in_httpclient_builder, and a request's own replace it") {
  DynamicServer server;
  Headers defaults = {{"x-one", "1"}};
  defaults.add("x-many", "1");
  defaults.add("x-many", "2");
  const Client client = make_client().with_default_headers(defaults);
  REQUIRE(client.get(server.url("/echo")).status() == 200);
  ReceivedRequest received = server.requests().back();
  CHECK(received.header("x-one") == "1");
  CHECK(received.headers.get_all("x-many") == std::vector<std::string_view>{"1", "2"});
  REQUIRE(
      client.execute(Request::get(server.url("/echo")).header("X-Many", "mine").build()).status() ==
      200);
  received = server.requests().back();
  CHECK(received.header("x-one") == "1");
  CHECK(received.headers.get_all("x-many") == std::vector<std::string_view>{"mine"});
}

}  // namespace async_http_pool::test
