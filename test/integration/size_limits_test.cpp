// Limits of what a body may grow to by decoding, and of URLs.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/refusal.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t bomb_bytes = 20'000'000;

Configuration roomy() {
  return test_configuration().set_retries(0).set_max_response_size(2 * bomb_bytes);
}

std::string padded_to(std::string url, std::size_t size) {
  url.resize(size, 'u');
  return url;
}

}  // namespace

TEST_CASE("hard case 62: a bomb is stopped by its ratio, however large a response may be") {
  const std::string bomb = gzip(std::string(bomb_bytes, '\0'));
  const std::string half = bomb.substr(0, bomb.size() / 2);
  const std::string length = std::to_string(bomb.size());
  char chunk_size[16];
  std::snprintf(chunk_size, sizeof chunk_size, "%zx", half.size());
  const std::string heads[] = {
      "content-length: " + length + "\r\n\r\n",
      "transfer-encoding: chunked\r\n\r\n" + std::string(chunk_size) + "\r\n"};
  for (const std::string& head : heads) {
    // Half of it and silence: refused before the rest comes.
    ScriptedServer server(
        {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n" + head + half)});
    RunningProcessor processor(roomy());
    const Outcome outcome = processor.get(server.url());
    CHECK(outcome.summary() == "response_too_large body_too_large");
    CHECK(outcome.error().message() ==
          "response body is more than 200 times larger than what was sent");
    CHECK(server.wait_for_peer_close(0));
  }
}

TEST_CASE("hard case 63: an endless compressed body is stopped by its ratio") {
  const std::string bomb = gzip(std::string(4 * bomb_bytes, '\0'));
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"),
       send_slowly(bomb.substr(0, 20), 5ms), send(bomb.substr(20)), wait_for_peer_close()});
  RunningProcessor processor(roomy().set_max_response_size(8 * bomb_bytes));
  CHECK(processor.get(server.url()).summary() == "response_too_large body_too_large");
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("the ratio is a matter of the request") {
  DynamicServer server;
  server.route("/bomb", [](const ReceivedRequest&) {
    return Reply{.headers = {{"content-encoding", "gzip"}},
                 .body = gzip(std::string(bomb_bytes, '\0'))};
  });
  RunningProcessor processor(roomy());
  const auto size_at = [&](int ratio) {
    return processor
        .run(Request::get(server.url("/bomb"))
                 .config(RequestConfig().set_max_decompression_ratio(ratio))
                 .build())
        .body()
        .size();
  };
  CHECK(size_at(0) == bomb_bytes);
  CHECK(size_at(2000) == bomb_bytes);
  CHECK(processor.get(server.url("/bomb")).error_code() == ErrorCode::body_too_large);
}

TEST_CASE("what is merely compressible, small or not compressed at all is not stopped") {
  DynamicServer server;
  server.route("/zeros", [](const ReceivedRequest&) {
    return Reply{.headers = {{"content-encoding", "gzip"}},
                 .body = gzip(std::string(3'000'000, '\0'))};
  });
  server.route("/text", [](const ReceivedRequest&) {
    std::string text;
    for (int i = 0; text.size() < bomb_bytes / 4; ++i) text += "{\"id\":" + std::to_string(i) + "}";
    return Reply{.headers = {{"content-encoding", "gzip"}}, .body = gzip(text)};
  });
  RunningProcessor processor(roomy());
  CHECK(processor.get(server.url("/zeros")).body().size() == 3'000'000);
  CHECK(processor.get(server.url("/text")).body().size() >= bomb_bytes / 4);
  const Request strict = Request::get(server.url("/bytes/10000000"))
                             .config(RequestConfig().set_max_decompression_ratio(1))
                             .build();
  CHECK(processor.run(strict).body().size() == 10'000'000);
}

TEST_CASE("hard case 93: a URL that is too long is refused at the door") {
  DynamicServer server;
  const std::string longest = padded_to(server.url("/status/200?"), 1000);
  RunningProcessor processor(
      test_configuration().set_request_config(RequestConfig().set_max_url_size(1000)));
  CHECK(processor.get(longest).status() == 200);
  CHECK(server.requests().size() == 1);
  const Request too_long = Request::get(longest + "u").build();
  const std::string message = refusal_of([&] { return processor.begin(too_long); });
  CHECK(message == "url must have at most 1000 bytes (max_url_size), got: 1001 bytes");
  CHECK(processor->wait_until_idle(patience));
  CHECK(server.requests().size() == 1);
  const RequestConfig more = RequestConfig().set_max_url_size(1001);
  CHECK(processor.run(Request::get(longest + "u").config(more).build()).status() == 200);
  CHECK_THROWS_AS(Request::get(padded_to(server.url("/"), 100'000)), std::invalid_argument);
}

TEST_CASE("hard case 93: a redirect to a URL that is too long is refused") {
  DynamicServer server;
  server.route("/short", [&](const ReceivedRequest&) {
    return Reply{.status = 302,
                 .headers = {{"location", padded_to(server.url("/status/200?"), 1001)}}};
  });
  RunningProcessor processor(
      test_configuration().set_request_config(RequestConfig().set_max_url_size(1000)));
  const Outcome outcome = processor.get(server.url("/short"));
  CHECK(outcome.summary() == "unknown unsafe_redirect");
  CHECK(outcome.error().message() == "redirect to a url of 1001 bytes, above max_url_size");
  CHECK(server.requests().size() == 1);
}
