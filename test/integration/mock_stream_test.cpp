// Streams in both directions that a mock answers.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string url = "https://api.example/stream";

struct MockedClient {
  std::shared_ptr<MockTransport> mock = std::make_shared<MockTransport>();
  Client client{test_configuration().set_retries(0).set_mock_transport(mock)};
};

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const RequestError& error) {
    return error.code();
  }
  return ErrorCode::none;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i % 23);
  return bytes;
}

}  // namespace

TEST_CASE("a response of a mock is there with its head, and its pieces come later") {
  const MockedClient mocked;
  mocked.mock->on("GET", url)
      .reply(MockAnswer(200)
                 .header("x-one", "1")
                 .pieces({"first ", "second"})
                 .trailer("x-sum", "2")
                 .delay(100ms));
  StreamingResponse response = mocked.client.send(Request::get(url).build()).get();
  CHECK(response.status() == 200);
  CHECK(response.headers().get("x-one") == "1");
  CHECK(response.protocol() == ProtocolVersion::http1_1);
  std::array<char, 100> buffer{};
  const std::size_t count = response.body().read(buffer);
  CHECK(std::string_view(buffer.data(), count) == "first ");
  CHECK_FALSE(response.trailers());
  CHECK(response.body().bytes() == "second");
  CHECK(response.body().read(buffer) == 0);
  CHECK(response.trailers()->get("x-sum") == "2");
  CHECK(response.metrics().bytes_received == 12);
}

TEST_CASE("a large body of a mock waits for its reader, and comes whole") {
  const MockedClient mocked;
  const std::string body = pattern(3'000'001);
  mocked.mock->on("GET", url)
      .reply(MockAnswer(200).pieces({body.substr(0, 70'000), "", body.substr(70'000)}));
  StreamingResponse response = mocked.client.send(Request::get(url).build()).get();
  CHECK(eventually([&] { return response.body().is_readable(); }));
  CHECK(response.metrics().bytes_received < 200'000);  // no more than the buffers hold
  CHECK(mocked.client.total_count() == 1);
  CHECK(response.body().bytes() == body);
  CHECK(eventually([&] { return mocked.client.total_count() == 0; }));
}

TEST_CASE("a mock that breaks off is an error behind what came before") {
  const MockedClient mocked;
  mocked.mock->on("GET", url).reply(MockAnswer(200).pieces({"half"}).broken());
  StreamingResponse response = mocked.client.send(Request::get(url).build()).get();
  std::array<char, 4> buffer{};
  CHECK(response.body().read(buffer) == 4);
  CHECK(code_of([&] { static_cast<void>(response.body().read(buffer)); }) ==
        ErrorCode::truncated_response);
}

TEST_CASE("a stream of a mock can be cancelled while it is silent, and while it waits") {
  const Watchdog watchdog("cancelling what a mock answers");
  const MockedClient mocked;
  mocked.mock->on("GET", url).reply(MockAnswer(200).body("late").delay(1h));
  std::stop_source stop;
  ResponseFuture future =
      mocked.client.send(Request::get(url).build(), SendOptions().set_stop_token(stop.get_token()));
  stop.request_stop();
  CHECK(code_of([&] { static_cast<void>(future.get()); }) == ErrorCode::cancelled);

  mocked.mock->on("GET", url).reply(MockAnswer(200).body(pattern(1'000'000)));
  { const StreamingResponse dropped = mocked.client.send(Request::get(url).build()).get(); }
  CHECK(eventually([&] { return mocked.client.total_count() == 0; }));
}

TEST_CASE("a request body is read to its end before a mock answers") {
  const Watchdog watchdog("a body that a mock takes");
  const MockedClient mocked;
  mocked.mock->on("POST", url).reply(MockAnswer(200).body("thanks"));
  BodyWriter writer({.capacity = 1000});
  ResponseFuture future =
      mocked.client.send(Request::post(url).body_source(writer.source()).build());
  const std::string bytes = pattern(100'000);
  CHECK(writer.write(bytes));
  CHECK_FALSE(future.is_ready());
  writer.finish();
  StreamingResponse response = future.get();
  CHECK(response.body().bytes() == "thanks");
  CHECK(response.metrics().bytes_sent == 100'000);
}

TEST_CASE("a request body that fails, fails the request that a mock would have answered") {
  const MockedClient mocked;
  mocked.mock->on("POST", url).reply(MockAnswer(200));
  const auto source =
      make_body_source([](std::span<char>) -> std::size_t { throw std::runtime_error("no more"); });
  try {
    static_cast<void>(mocked.client.execute(Request::post(url).body_source(source).build()));
    FAIL("nothing was thrown");
  } catch (const RequestError& error) {
    CHECK(error.code() == ErrorCode::request_body);
    CHECK(error.cause() != nullptr);
  }
}

TEST_CASE("server-sent events of a mock arrive one by one") {
  const MockedClient mocked;
  mocked.mock->on("GET", url)
      .reply(MockAnswer(200)
                 .header("content-type", "text/event-stream")
                 .pieces({"data: on", "e\n\ndata: two\n", "\n"}));
  StreamingResponse response = mocked.client.send(Request::get(url).build()).get();
  CHECK(response.body().bytes() == "data: one\n\ndata: two\n\n");
}

TEST_CASE("progress is told of what a mock takes and gives") {
  const MockedClient mocked;
  mocked.mock->on("POST", url).reply(MockAnswer(200).body("12345"));
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> received = 0;
  SendOptions options;
  options.set_progress([&](const Progress& progress) {
    sent = progress.bytes_sent;
    received = progress.bytes_received;
  });
  StreamingResponse response =
      mocked.client.send(Request::post(url).body("123").build(), options).get();
  CHECK(response.body().bytes() == "12345");
  CHECK(eventually([&] { return sent == 3 && received == 5; }));
}

TEST_CASE("a client that shares a processor has its mock") {
  const auto mock = std::make_shared<MockTransport>();
  mock->on("GET", url).reply(MockAnswer(200).body("mocked"));
  RunningProcessor processor(test_configuration().set_mock_transport(mock));
  CHECK(Client(processor.processor()).get(url).body() == "mocked");
}
