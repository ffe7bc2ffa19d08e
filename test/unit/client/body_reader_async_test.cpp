// Reading a body without a thread that waits: coroutines and callbacks.
#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"

#include <async_http_pool/body_reader.hpp>

#include <array>
#include <coroutine>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A coroutine that runs at once and that nobody waits for.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

struct Reading {
  std::string bytes;
  bool is_over = false;
  ErrorCode failure = ErrorCode::none;
};

Detached read_all(BodyReader body, Reading& reading) {
  std::array<char, 3> buffer{};
  try {
    while (const std::size_t count = co_await body.read_async(buffer)) {
      reading.bytes.append(buffer.data(), count);
    }
  } catch (const RequestError& error) {
    reading.failure = error.code();
  }
  reading.is_over = true;
}

}  // namespace

TEST_CASE("A coroutine that reads nothing goes on at once", "[body_reader]") {
  Reading reading;
  read_all(BodyReader(), reading);
  CHECK(reading.is_over);
}

TEST_CASE("A coroutine reads a body without a thread that waits", "[body_reader]") {
  FakeTransfer transfer;
  StreamingResponse response = transfer.respond();
  transfer.write("abcd");
  Reading reading;
  // All of it on an agent thread, where waiting is refused.
  int owner = 0;
  const AgentThreadMark mark(&owner);
  read_all(std::move(response.body()), reading);
  CHECK(reading.bytes == "abcd");
  CHECK_FALSE(reading.is_over);
  transfer.write("efgh");
  CHECK(reading.bytes == "abcdefgh");
  SECTION("to its end") {
    transfer.end();
    CHECK(reading.is_over);
    CHECK(reading.failure == ErrorCode::none);
  }
  SECTION("to its error") {
    transfer.fail(ErrorCode::connection_lost);
    CHECK(reading.is_over);
    CHECK(reading.failure == ErrorCode::connection_lost);
  }
  SECTION("until it is cancelled") {
    response.cancel();
    CHECK(transfer.is_cancelled());
    CHECK_FALSE(reading.is_over);
    transfer.fail(ErrorCode::cancelled);
    CHECK(reading.failure == ErrorCode::cancelled);
  }
}

TEST_CASE("A coroutine that reads makes a paused transfer go on", "[body_reader]") {
  FakeTransfer transfer({.capacity = 6});
  StreamingResponse response = transfer.respond();
  transfer.write("abcdef");
  CHECK_FALSE(transfer.write("gh"));
  Reading reading;
  read_all(std::move(response.body()), reading);
  CHECK(reading.bytes == "abcdef");
  CHECK(transfer.take_resumptions() == 1);
  transfer.write("gh");
  transfer.end();
  CHECK(reading.bytes == "abcdefgh");
}

TEST_CASE("A reader that is destroyed forgets its callback", "[body_reader]") {
  FakeTransfer transfer;
  auto kept = std::make_shared<int>(0);
  {
    StreamingResponse response = transfer.respond();
    response.body().when_readable([kept] { FAIL("called for a reader that is gone"); });
    CHECK(kept.use_count() == 2);
  }
  CHECK(kept.use_count() == 1);
  transfer.fail(ErrorCode::cancelled);
}

TEST_CASE("A callback must be one", "[body_reader]") {
  FakeTransfer transfer;
  StreamingResponse response = transfer.respond();
  CHECK_THROWS_AS(response.body().when_readable(nullptr), std::invalid_argument);
}
