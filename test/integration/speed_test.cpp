// Limits of speed, upwards and downwards.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// How long it takes to get 200 kB, or to post them.
Clock::duration time_of(const Request& request) {
  RunningProcessor processor;
  const auto start = Clock::now();
  const Outcome outcome = processor.run(request);
  CHECK(outcome.status() == 200);
  return Clock::now() - start;
}

}  // namespace

TEST_CASE("a download is no faster than max_download_speed") {
  DynamicServer server;
  const auto get = [&](std::size_t bytes_a_second) {
    return time_of(Request::get(server.url("/bytes/200000"))
                       .config(RequestConfig().set_max_download_speed(bytes_a_second))
                       .build());
  };
  const auto slow = get(100'000);
  CHECK(slow > 800ms);
  CHECK(slow < 8s);
  CHECK(get(0) < slow);
}

TEST_CASE("an upload is no faster than max_upload_speed, but for its first 64 KiB") {
  DynamicServer server;
  const std::string body(200'000, 'u');
  const auto post = [&](std::size_t bytes_a_second) {
    return time_of(Request::post(server.url("/status/200"))
                       .body(body)
                       .config(RequestConfig().set_max_upload_speed(bytes_a_second))
                       .build());
  };
  const auto slow = post(100'000);
  CHECK(slow > 800ms);
  CHECK(slow < 8s);
  CHECK(post(0) < slow);
  CHECK(server.requests().at(0).body == body);
}

TEST_CASE("a limit of speed that no number of libcurl's holds is none") {
  DynamicServer server;
  const RequestConfig options = RequestConfig()
                                    .set_max_download_speed(static_cast<std::size_t>(-1))
                                    .set_max_upload_speed(static_cast<std::size_t>(-1));
  RunningProcessor processor;
  CHECK(processor.run(Request::post(server.url("/bytes/200000")).body("x").config(options).build())
            .body()
            .size() == 200'000);
}

TEST_CASE("hard case 102: what drips in is ended by the low-speed limit") {
  const std::string drip(20'000, 'd');
  const Script scripts[] = {
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"),
       send_slowly(drip, 10ms)},
      {expect_request(), send("HTTP/1.1 200 OK\r\n"), send_slowly("x: " + drip, 10ms)}};
  for (const Script& script : scripts) {
    ScriptedServer server(script);
    RunningProcessor processor(test_configuration().set_retries(0).set_request_config(
        RequestConfig().set_low_speed_limit(10'000).set_low_speed_time(300ms)));  // means 1 s
    const Outcome outcome = processor.get(server.url());
    CHECK(outcome.summary() == "timeout low_speed");
    CHECK_THAT(outcome.error().message(),
               Catch::Contains("10000 bytes/sec") && Catch::Contains("1 seconds"));
    CHECK(server.wait_for_peer_close(0));  // hard case 112
  }
}

TEST_CASE("what is fast enough is left alone by the low-speed limit") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n"),
                         send_slowly(std::string(300, 'd'), 10ms)});
  RunningProcessor processor(test_configuration().set_request_config(
      RequestConfig().set_low_speed_limit(10).set_low_speed_time(1s)));
  CHECK(processor.get(server.url()).body().size() == 300);
}
