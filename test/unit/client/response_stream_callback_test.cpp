// The reader of a stream that is called, rather than waiting: when, where, and until when.
#include "client/response_stream.hpp"
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"
#include "support/recording_logger.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// What is there.
std::string read_now(ResponseStream& stream) {
  std::string buffer(100, '?');
  const auto count = stream.read_until(buffer, TimePoint::min());
  return buffer.substr(0, count.value_or(0));
}

/// Runs what it is given when it is told to.
struct LateExecutor {
  std::vector<std::function<void()>> functions;
  Executor executor() {
    return [this](std::function<void()> function) { functions.push_back(std::move(function)); };
  }
};

}  // namespace

TEST_CASE("A callback waits for bytes, for the end and for an error", "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  int calls = 0;
  transfer.stream().when_readable([&] { ++calls; });
  transfer.stream().tell_reader();
  CHECK(calls == 0);
  CHECK(transfer.stream().write("a"));  // inside a libcurl callback
  CHECK(calls == 0);
  transfer.stream().tell_reader();
  CHECK(calls == 1);
  transfer.write("b");
  CHECK(calls == 1);
  transfer.stream().when_readable([&] { ++calls; });  // at once
  CHECK(calls == 2);
  CHECK(read_now(transfer.stream()) == "ab");

  SECTION("the end") {
    transfer.stream().when_readable([&] { ++calls; });
    transfer.end();
    CHECK(calls == 3);
  }
  SECTION("an error") {
    transfer.stream().when_readable([&] { ++calls; });
    transfer.fail(ErrorCode::cancelled);
    CHECK(calls == 3);
  }
  SECTION("one at a time") {
    transfer.stream().when_readable([&] { ++calls; });
    CHECK_THROWS_AS(transfer.stream().when_readable([&] { calls += 100; }), std::logic_error);
    transfer.end();
    CHECK(calls == 3);
  }
}

TEST_CASE("A callback runs on the executor", "[response_stream]") {
  LateExecutor late;
  FakeTransfer transfer({.executor = late.executor()});
  const StreamingResponse response = transfer.respond();
  int calls = 0;
  transfer.stream().when_readable([&] { ++calls; });
  transfer.write("a");
  CHECK(calls == 0);
  REQUIRE(late.functions.size() == 1);
  late.functions.front()();
  CHECK(calls == 1);
  late.functions.front()();
  CHECK(calls == 1);
}

TEST_CASE("A callback that its executor has not run yet is forgotten with the reader",
          "[response_stream]") {
  LateExecutor late;
  FakeTransfer transfer({.executor = late.executor()});
  std::optional<StreamingResponse> response = transfer.respond();
  int calls = 0;
  response->body().when_readable([&] { ++calls; });
  transfer.write("a");
  transfer.write("b");
  REQUIRE(late.functions.size() == 1);
  CHECK_THROWS_AS(response->body().when_readable([&] { ++calls; }), std::logic_error);
  response.reset();
  late.functions.front()();
  CHECK(calls == 0);
}

TEST_CASE("A callback that its executor drops is destroyed, and the response that it has",
          "[response_stream]") {
  LateExecutor late;
  FakeTransfer transfer({.executor = late.executor()});
  auto response = std::make_shared<StreamingResponse>(transfer.respond());
  const std::weak_ptr<StreamingResponse> watched = response;
  BodyReader& body = response->body();
  body.when_readable([kept = std::move(response)] {});
  transfer.write("a");
  late.functions.clear();
  CHECK(watched.expired());
}

TEST_CASE("A callback may ask again on its executor", "[response_stream]") {
  LateExecutor late;
  FakeTransfer transfer({.executor = late.executor()});
  StreamingResponse response = transfer.respond();
  std::string got;
  std::function<void()> take = [&] {
    got += read_now(transfer.stream());
    response.body().when_readable(take);
  };
  response.body().when_readable(take);
  for (const char letter : std::string_view("abc")) {
    transfer.write({&letter, 1});
    const std::vector<std::function<void()>> functions = std::exchange(late.functions, {});
    for (const auto& function : functions) function();
  }
  CHECK(got == "abc");
}

TEST_CASE("An executor that throws loses no callback and calls none twice", "[response_stream]") {
  const auto logger = std::make_shared<RecordingLogger>();
  const bool calls_first = GENERATE(false, true);
  FakeTransfer transfer({.executor =
                             [&](const std::function<void()>& function) {
                               if (calls_first) function();
                               throw std::runtime_error("queue is closed");
                             },
                         .logger = logger});
  const StreamingResponse response = transfer.respond();
  int calls = 0;
  transfer.stream().when_readable([&] { ++calls; });
  transfer.write("a");
  CHECK(calls == 1);
  CHECK(logger->contains("an executor threw"));
  CHECK_FALSE(logger->contains("a callback threw"));
}

TEST_CASE("What a callback throws is logged and stays there", "[response_stream]") {
  const auto logger = std::make_shared<RecordingLogger>();
  FakeTransfer transfer({.logger = logger});
  const StreamingResponse response = transfer.respond();
  transfer.stream().when_readable([] { throw std::runtime_error("of the callback"); });
  transfer.write("a");
  CHECK(logger->contains("of the callback"));
  transfer.stream().when_readable([] { throw 1; });
  CHECK(logger->contains("no std::exception"));
}

TEST_CASE("A callback may destroy the response that it waited for", "[response_stream]") {
  FakeTransfer transfer;
  auto response = std::make_unique<StreamingResponse>(transfer.respond());
  response->body().when_readable([&] { response = nullptr; });
  transfer.write("a");
  CHECK(response == nullptr);
  CHECK(transfer.is_cancelled());
  CHECK(transfer.write(std::string(1 << 20, 'x')));  // goes nowhere
}
