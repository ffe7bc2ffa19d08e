// A mock transport instead of servers: everything that happens to responses happens to its answers.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* host = "https://api.example";

std::string at(const std::string& path) { return host + path; }

/// A mock, and a configuration that has it. Nothing of these tests may reach a network: the host
/// does not exist.
struct Mocked {
  std::shared_ptr<MockTransport> mock = std::make_shared<MockTransport>();
  Configuration configuration = test_configuration().set_mock_transport(mock);

  [[nodiscard]] Configuration with(const RequestConfig& options) const {
    return Configuration(configuration).set_request_config(options);
  }
};

Outcome execute(const Configuration& configuration, const Request& request) {
  const auto handler = std::make_shared<RecordingHandler>();
  static_cast<void>(SynchronousExecutor(configuration).call(RequestTask(request, handler, "mock")));
  return handler->outcome();
}

}  // namespace

TEST_CASE("a mock answers a processor and an executor as a server would") {
  const Mocked mocked;
  mocked.mock->on("POST", at("/users")).reply([](const Request& request) {
    return MockAnswer(201)
        .header("X-Seen", request.headers().get("x-asked").value_or("nothing"))
        .json(Value::object({{"name", *request.body()}}))
        .trailer("x-sum", "7");
  });
  const Request request = Request::post(at("/users")).header("x-asked", "1").body("Ada").build();
  RunningProcessor processor(mocked.configuration);
  for (const Outcome& outcome : {processor.run(request), execute(mocked.configuration, request)}) {
    const Response& response = outcome.response();
    CHECK(response.status() == 201);
    CHECK(response.headers().get("x-seen") == "1");
    CHECK(response.json()["name"] == Value("Ada"));
    CHECK(response.trailers().get("x-sum") == "7");
    CHECK(response.url() == at("/users"));
    CHECK(response.metrics().attempts == 1);
    CHECK(response.metrics().bytes_sent == 3);
    CHECK(response.metrics().bytes_received == static_cast<std::int64_t>(response.body().size()));
    CHECK(response.metrics().protocol == ProtocolVersion::http1_1);
    CHECK_FALSE(response.tls());
  }
  CHECK(mocked.mock->call_count("POST", at("/users")) == 2);
}

TEST_CASE("what is not mocked never gets to a server, unless that is allowed") {
  // Whoever connects to it is seen, as nobody is served.
  DynamicServer server;
  const Mocked mocked;
  mocked.mock->on("GET", "https://api.example/**").reply(MockAnswer(200));
  RunningProcessor processor(mocked.configuration);
  const Outcome refused = processor.get(server.url("/echo?token=s3cret"));
  CHECK(refused.error_code() == ErrorCode::not_mocked);
  CHECK(std::string(refused.error().what()).find("no rule of the mock transport matches GET ") !=
        std::string::npos);
  CHECK(std::string(refused.error().what()).find("s3cret") == std::string::npos);
  CHECK(refused.error().metrics().attempts == 1);  // it is not tried again
  CHECK(execute(mocked.configuration, Request::get(server.url("/echo")).build()).error_code() ==
        ErrorCode::not_mocked);
  CHECK(server.connections() == 0);

  mocked.mock->allow_network(true);
  CHECK(processor.get(server.url("/status/204")).status() == 204);
  CHECK(server.connections() == 1);
  CHECK(processor.get(at("/a")).status() == 200);
}

TEST_CASE("redirects of a mock are followed, and each hop is a call of its own") {
  const Mocked mocked;
  mocked.mock->on("POST", at("/old")).reply(MockAnswer(303).header("location", "/new"));
  mocked.mock->on("GET", at("/new")).reply(MockAnswer(200).body("arrived"));
  mocked.mock->on("GET", at("/loop")).reply(MockAnswer(302).header("location", at("/loop")));
  mocked.mock->on("GET", at("/away"))
      .reply(MockAnswer(302).header("location", "https://b.example/"));
  RunningProcessor processor(mocked.configuration);
  const Outcome outcome = processor.post(at("/old"), "body");
  CHECK(outcome.body() == "arrived");
  CHECK(outcome.response().redirects() == std::vector<std::string>{at("/old")});
  const std::vector<MockCall> calls = mocked.mock->calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].request.body() == "body");
  CHECK(calls[1].request.method() == "GET");
  CHECK_FALSE(calls[1].request.body());
  CHECK(processor.get(at("/loop")).summary() == "redirect");
  // Nor does a redirect lead to the network.
  CHECK(processor.get(at("/away")).error_code() == ErrorCode::not_mocked);
}

TEST_CASE("what a mock fails with is tried again where a server's would be") {
  const Mocked mocked;
  const auto refused =
      MockAnswer::failure(ErrorType::connection, ErrorCode::connection_refused, "nobody listens");
  const auto lost =
      MockAnswer::failure(ErrorType::connection, ErrorCode::connection_lost, "it is gone");
  mocked.mock->on("GET", at("/get")).reply(std::vector{lost, refused, MockAnswer(200)});
  mocked.mock->on("POST", at("/refused")).reply(std::vector{refused, MockAnswer(200)});
  mocked.mock->on("POST", at("/lost")).reply(std::vector{lost, MockAnswer(200)});
  mocked.mock->on("GET", at("/busy"))
      .reply(std::vector{MockAnswer(503), MockAnswer(503), MockAnswer(200)});
  mocked.mock->on("GET", at("/tls"))
      .reply(MockAnswer::failure(ErrorType::ssl, ErrorCode::tls_verification, "who are you"));
  RunningProcessor processor(mocked.with(RequestConfig().set_retry_statuses({503})));
  CHECK(processor.get(at("/get")).response().metrics().attempts == 3);
  CHECK(processor.post(at("/refused"), "x").response().metrics().attempts == 2);
  const Outcome not_again = processor.post(at("/lost"), "x");
  CHECK(not_again.error_code() == ErrorCode::connection_lost);
  CHECK(std::string(not_again.error().what()).find("it is gone") != std::string::npos);
  CHECK(processor.get(at("/busy")).response().metrics().attempts == 3);
  CHECK(processor.get(at("/tls")).summary() == "ssl tls_verification");
  CHECK(mocked.mock->call_count("GET", at("/tls")) == 1);
}

TEST_CASE("cookies of a mock are kept, and come with the next request") {
  const Mocked mocked;
  mocked.mock->on("GET", at("/")).reply([](const Request&) { return MockAnswer(401); });
  mocked.mock->on("POST", at("/login"))
      .reply(MockAnswer(204).header("set-cookie", "sid=1; Path=/").header("set-cookie", "b=2"));
  mocked.mock->on("GET", at("/")).with_header("cookie", "sid=1; b=2").reply(MockAnswer(200));
  Configuration configuration = mocked.configuration;
  configuration.set_cookie_jar(std::make_shared<CookieJar>());
  RunningProcessor processor(configuration);
  CHECK(processor.get(at("/")).status() == 401);
  CHECK(processor.post(at("/login"), "").status() == 204);
  CHECK(processor.get(at("/")).status() == 200);
  CHECK(mocked.mock->calls().back().cookies == "sid=1; b=2");
}

TEST_CASE("time limits count for answers that take their time") {
  const Mocked mocked;
  mocked.mock->on("GET", "**").reply(MockAnswer(200).body("late").delay(1h));
  mocked.mock->on("GET", at("/pieces")).reply(MockAnswer(200).pieces({"a", "b", "c"}).delay(30ms));
  mocked.mock->on("GET", at("/stuck")).reply(MockAnswer(200).pieces({"a", "b"}).delay(100ms));
  RunningProcessor processor(Configuration(mocked.configuration).set_retries(0));
  CHECK(processor.run(get_with(at("/first"), RequestConfig().set_first_byte_timeout(20ms)))
            .summary() == "timeout first_byte_timeout");
  CHECK(processor.run(get_with(at("/attempt"), RequestConfig().set_attempt_timeout(20ms)))
            .summary() == "timeout attempt_timeout");
  CHECK(processor.run(Request::get(at("/all")).timeout(20ms).build()).summary() ==
        "timeout request_timeout");
  const auto begin = Clock::now();
  CHECK(processor.get(at("/pieces")).body() == "abc");
  CHECK(Clock::now() - begin >= 90ms);
  const auto idle = mocked.with(RequestConfig().set_idle_timeout(20ms).set_retries(0));
  CHECK(execute(idle, Request::get(at("/stuck")).build()).error_type() == ErrorType::timeout);
}

TEST_CASE("limits hold for what a mock answers") {
  const Mocked mocked;
  mocked.mock->on("GET", at("/body")).reply(MockAnswer(200).body(std::string(100'001, 'x')));
  mocked.mock->on("GET", at("/announced"))
      .reply(MockAnswer(200).header("content-length", "100001").delay(0ms));
  mocked.mock->on("GET", at("/headers")).reply([](const Request&) {
    MockAnswer answer(200);
    for (int i = 0; i < 50; ++i) answer.header("x-" + std::to_string(i), std::string(100, 'x'));
    return answer;
  });
  mocked.mock->on("GET", at("/large")).reply(MockAnswer(200).body(std::string(5'000'000, 'x')));
  RunningProcessor small(Configuration(mocked.configuration)
                             .set_max_response_size(100'000)
                             .set_max_header_size(4096)
                             .set_retries(0));
  CHECK(small.get(at("/body")).error_code() == ErrorCode::body_too_large);
  CHECK(small.get(at("/announced")).error_code() == ErrorCode::body_too_large);
  CHECK(small.get(at("/headers")).error_code() == ErrorCode::headers_too_large);
  RunningProcessor large(Configuration(mocked.configuration).set_max_response_size(5'000'000));
  CHECK(large.get(at("/large")).body().size() == 5'000'000);
}

TEST_CASE("a broken answer is an error, and one to HEAD has no body") {
  const Mocked mocked;
  mocked.mock->on("*", "**").reply(
      MockAnswer(200).header("content-length", "4").pieces({"a", "b"}).broken());
  RunningProcessor processor(Configuration(mocked.configuration).set_retries(0));
  CHECK(processor.get(at("/")).error_code() == ErrorCode::truncated_response);
  mocked.mock->on("HEAD", "**").reply(MockAnswer(200).header("content-length", "4").body("abcd"));
  mocked.mock->on("GET", at("/none")).reply(MockAnswer(204).body("abcd"));
  const Outcome head = processor.run(Request::head(at("/")).build());
  CHECK_FALSE(head.response().has_body());
  CHECK(head.response().headers().get("content-length") == "4");
  CHECK_FALSE(processor.get(at("/none")).response().has_body());
}

TEST_CASE("what a test's code throws fails its request alone") {
  const Mocked mocked;
  mocked.mock->on("GET", "**").reply(MockAnswer(200));
  mocked.mock->on("GET", at("/throws")).reply([](const Request&) -> MockAnswer {
    throw std::runtime_error("no idea");
  });
  mocked.mock->on("GET", at("/moved")).reply(MockAnswer(302).header("location", "/throws"));
  RunningProcessor processor(mocked.configuration);
  for (const char* path : {"/throws", "/moved"}) {
    const Outcome outcome = processor.get(at(path));
    CHECK(outcome.error_code() == ErrorCode::not_mocked);
    CHECK(std::string(outcome.error().what()).find("no idea") != std::string::npos);
  }
  CHECK(processor.get(at("/fine")).status() == 200);
}

TEST_CASE("requests that a mock keeps waiting are given back when the processor stops") {
  const Watchdog watchdog("a processor that stops while a mock waits");
  const Mocked mocked;
  mocked.mock->on("GET", "**").reply(MockAnswer(200).delay(1h));
  RunningProcessor processor(mocked.configuration);
  const auto waiting = processor.begin_get(at("/"));
  CHECK(eventually([&] { return mocked.mock->calls().size() == 1; }));
  processor->stop(0ms);
  CHECK(waiting->outcome().is_retry());
}

TEST_CASE("limits of hosts hold without connections") {
  const Mocked mocked;
  mocked.mock->on("GET", "**").reply(MockAnswer(200).delay(5ms));
  RunningProcessor processor(Configuration(mocked.configuration)
                                 .set_client_config(ClientConfig().set_max_in_flight_per_host(2)));
  const auto begin = Clock::now();
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 10; ++i) handlers.push_back(processor.begin_get(at("/")));
  for (const auto& handler : handlers) CHECK(handler->outcome().status() == 200);
  CHECK(Clock::now() - begin >= 25ms);
}

TEST_CASE("many threads and agents share one mock") {
  const Mocked mocked;
  mocked.mock->on("GET", "**").reply([](const Request& request) {
    return MockAnswer(200).body(request.url());
  });
  RunningProcessor processor(
      Configuration(mocked.configuration).set_agents(2).set_max_connections(1000));
  constexpr int thread_count = 4;
  constexpr int requests_each = 100;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < thread_count; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < requests_each; ++i) {
        const std::string url = "https://h" + std::to_string(i) + ".example/" + std::to_string(t);
        if (processor.get(url).body() == url) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == thread_count * requests_each);
  CHECK(mocked.mock->calls().size() == thread_count * requests_each);
}
