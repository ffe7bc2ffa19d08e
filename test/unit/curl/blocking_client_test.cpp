#include "curl/blocking_client.hpp"

#include <chrono>
#include <string>
#include <variant>

#include "curl/blocking_client_pool.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/forked_child.hpp"
#include "support/full_listener.hpp"
#include "support/scripted_server.hpp"

namespace async_http_pool {
namespace {

using namespace test;

BlockingClientOptions some_options() {
  return {.signing = {.scope = "aws:amz:us-east-1:s3",
                      .access_key_id = "key",
                      .secret_access_key = "secret"},
          .ca_file = {},
          .connect_timeout = patience,
          .limits = {.body_bytes_max = 1000, .error_body_bytes_max = 100}};
}

BlockingRequest get(std::string url) {
  return {.method = "GET",
          .url = std::move(url),
          .headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}},
          .body = std::nullopt};
}

ErrorCode error_of(const BlockingResult& result) {
  const auto* failure = std::get_if<TransferFailure>(&result);
  return failure != nullptr ? failure->code : ErrorCode::none;
}

TEST_CASE("a blocking client keeps its connection from request to request") {
  DynamicServer server;
  const BlockingClientOptions options = some_options();
  BlockingClient client(options);
  for (const char* path : {"/bytes/10", "/bytes/0", "/bytes/1000", "/status/204", "/status/500"}) {
    const BlockingResult result = client.perform(get(server.url(path)), Clock::now() + patience);
    CHECK(std::holds_alternative<BlockingResponse>(result));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a blocking client takes no more than it was allowed to") {
  DynamicServer server;
  const BlockingClientOptions options = some_options();
  BlockingClient client(options);
  CHECK(error_of(client.perform(get(server.url("/bytes/1001")), Clock::now() + patience)) ==
        ErrorCode::body_too_large);
  server.route("/bad", [](const ReceivedRequest&) {
    return Reply{.status = 500, .headers = {}, .body = std::string(5000, 'x')};
  });
  const BlockingResult cut = client.perform(get(server.url("/bad")), Clock::now() + patience);
  REQUIRE(std::holds_alternative<BlockingResponse>(cut));
  CHECK(std::get<BlockingResponse>(cut).body == std::string(100, 'x'));
}

TEST_CASE("a blocking client returns at its deadline") {
  DynamicServer server;
  const BlockingClientOptions options = some_options();
  BlockingClient client(options);
  for (const auto time : {-1s, 0s}) {
    CHECK(error_of(client.perform(get(server.url("/hold")), Clock::now() + time)) ==
          ErrorCode::request_timeout);
  }
  const auto begin = Clock::now();
  CHECK(error_of(client.perform(get(server.url("/hold")), begin + 200ms)) ==
        ErrorCode::request_timeout);
  CHECK(Clock::now() - begin >= 199ms);
  CHECK(Clock::now() - begin < patience / 2);
  server.release();
  CHECK(error_of(client.perform(get(server.url("/hold")), Clock::now() + patience)) ==
        ErrorCode::none);
}

TEST_CASE("a blocking client has a time limit for connections") {
  FullListener nobody;
  BlockingClientOptions options = some_options();
  options.connect_timeout = 100ms;
  BlockingClient client(options);
  CHECK(error_of(client.perform(get(nobody.url()), Clock::now() + patience)) ==
        ErrorCode::connect_timeout);
}

TEST_CASE("a blocking client speaks http and https and nothing else") {
  const BlockingClientOptions options = some_options();
  BlockingClient client(options);
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "dict://127.0.0.1/", ""}) {
    INFO(url);
    CHECK(error_of(client.perform(get(url), Clock::now() + patience)) != ErrorCode::none);
  }
}

TEST_CASE("a forked process leaves its parent's connections alone") {
  DynamicServer server;
  BlockingClientPool pool(some_options());
  const BlockingRequest request = get(server.url("/bytes/1"));
  const auto works = [&] {
    return error_of(pool.perform(request, Clock::now() + patience)) == ErrorCode::none;
  };
  REQUIRE(works());
  CHECK(run_forked([&] {
          const bool is_right = works() && works();
          pool.~BlockingClientPool();  // as at the end of a program
          return is_right ? 7 : 8;
        }) == "exit 7");
  CHECK(server.connections() == 3);
  CHECK(works());
  CHECK(server.connections() == 3);
}

}  // namespace
}  // namespace async_http_pool
