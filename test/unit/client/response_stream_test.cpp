// The stream between a transfer and the reader of its response: what fits, who is woken, what is
// told to the agent.
#include "client/response_stream.hpp"
#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/fake_transfer.hpp"
#include "support/recording_logger.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Without waiting; "(nothing)" when there is nothing.
std::string read_now(ResponseStream& stream, std::size_t bytes_max = 1 << 20) {
  std::string buffer(bytes_max, '?');
  const auto count = stream.read_until(buffer, TimePoint::min());
  return count.has_value() ? buffer.substr(0, *count) : "(nothing)";
}

std::string numbered(std::size_t size, std::size_t start = 0) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((start + i) * 31 % 251);
  return bytes;
}

}  // namespace

TEST_CASE("Bytes come out of a stream as they went in, whatever the pieces", "[response_stream]") {
  FakeTransfer transfer({.capacity = 100});
  const StreamingResponse response = transfer.respond();
  const std::string all = numbered(10'000);
  std::string got;
  std::size_t sent = 0;
  for (std::size_t turn = 0; got.size() < all.size(); ++turn) {
    // Sizes without a common measure, so that each crosses the ring's end somewhere else.
    if (transfer.write(std::string_view(all).substr(sent, turn * 7 % 61 + 1))) {
      sent = std::min(all.size(), sent + turn * 7 % 61 + 1);
    }
    const std::string piece = read_now(transfer.stream(), turn * 11 % 67 + 1);
    if (piece != "(nothing)") got += piece;
    REQUIRE(turn < 100'000);
  }
  CHECK(got == all);
  CHECK(transfer.stream().position() == all.size());
}

TEST_CASE("Bytes keep their order when the ring grows round its end", "[response_stream]") {
  FakeTransfer transfer({.capacity = 1 << 20});
  const StreamingResponse response = transfer.respond();
  const std::string all = numbered(20'000);
  REQUIRE(transfer.write(std::string_view(all).substr(0, 1000)));  // a ring of 1024
  std::string got = read_now(transfer.stream(), 900);
  REQUIRE(transfer.write(std::string_view(all).substr(1000, 800)));  // round its end
  REQUIRE(transfer.write(std::string_view(all).substr(1800, 18'200)));
  got += read_now(transfer.stream(), 50);
  got += read_now(transfer.stream());
  CHECK(got == all);
}

TEST_CASE("A piece that does not fit is refused as a whole", "[response_stream]") {
  FakeTransfer transfer({.capacity = 10});
  const StreamingResponse response = transfer.respond();
  CHECK(transfer.write("12345678"));
  CHECK_FALSE(transfer.write("abc"));
  CHECK(transfer.write("ab"));
  CHECK_FALSE(transfer.write("x"));
  CHECK(read_now(transfer.stream()) == "12345678ab");
}

TEST_CASE("A piece larger than the capacity is taken when nothing waits", "[response_stream]") {
  FakeTransfer transfer({.capacity = 10});
  const StreamingResponse response = transfer.respond();
  const std::string large = numbered(5000);
  CHECK(transfer.write(large));
  CHECK_FALSE(transfer.write("x"));
  CHECK(read_now(transfer.stream(), 4999) == large.substr(0, 4999));
  CHECK(transfer.take_resumptions() == 1);  // "x" would fit by now
  CHECK_FALSE(transfer.write(large));
  CHECK(transfer.take_resumptions() == 0);  // the piece that was refused needs all of the room
  CHECK(read_now(transfer.stream()) == large.substr(4999));
  CHECK(transfer.take_resumptions() == 1);
  CHECK(transfer.write(large));
  CHECK(read_now(transfer.stream()) == large);
}

TEST_CASE("The reader asks for more once, when half of the room is free", "[response_stream]") {
  FakeTransfer transfer({.capacity = 100});
  const StreamingResponse response = transfer.respond();
  REQUIRE(transfer.write(std::string(100, 'x')));
  REQUIRE_FALSE(transfer.write("y"));
  CHECK(read_now(transfer.stream(), 49).size() == 49);
  CHECK(transfer.take_resumptions() == 0);
  CHECK(read_now(transfer.stream(), 1).size() == 1);
  CHECK(transfer.take_resumptions() == 1);
  CHECK(read_now(transfer.stream()).size() == 50);
  CHECK(transfer.take_resumptions() == 0);
}

TEST_CASE("The room grows for a reader that has waited, up to its limit", "[response_stream]") {
  FakeTransfer transfer({.capacity = 10, .capacity_max = 35});
  const StreamingResponse response = transfer.respond();
  const auto taken_when_dry = [&] {
    transfer.stream().when_readable([] {});
    std::size_t taken = 0;
    while (transfer.write("12345")) taken += 5;
    transfer.stream().tell_reader();
    read_now(transfer.stream());
    return taken;
  };
  CHECK(taken_when_dry() == 20);
  CHECK(taken_when_dry() == 35);
  CHECK(taken_when_dry() == 35);
}

TEST_CASE("The room stays for a reader that is slow, and where it may not grow",
          "[response_stream]") {
  FakeTransfer transfer({.capacity = 10, .capacity_max = 1000});
  const StreamingResponse response = transfer.respond();
  for (int round = 0; round < 3; ++round) {
    CHECK(transfer.write("0123456789"));
    CHECK_FALSE(transfer.write("x"));
    CHECK(read_now(transfer.stream()) == "0123456789");
  }
  FakeTransfer fixed({.capacity = 10, .capacity_max = 1});
  const StreamingResponse other = fixed.respond();
  fixed.stream().when_readable([] {});
  CHECK(fixed.write("0123456789"));
  CHECK_FALSE(fixed.write("x"));
}

TEST_CASE("The reader does not ask for a piece that would be refused again", "[response_stream]") {
  FakeTransfer transfer({.capacity = 100});
  const StreamingResponse response = transfer.respond();
  REQUIRE(transfer.write(std::string(80, 'x')));
  REQUIRE_FALSE(transfer.write(std::string(90, 'y')));
  CHECK(read_now(transfer.stream(), 69).size() == 69);
  CHECK(transfer.take_resumptions() == 0);
  CHECK(read_now(transfer.stream(), 1).size() == 1);
  CHECK(transfer.take_resumptions() == 1);
}

TEST_CASE("The reader asks for nothing when nothing was refused", "[response_stream]") {
  FakeTransfer transfer({.capacity = 100});
  const StreamingResponse response = transfer.respond();
  REQUIRE(transfer.write(std::string(100, 'x')));
  CHECK(read_now(transfer.stream()).size() == 100);
  CHECK(transfer.take_resumptions() == 0);
}

TEST_CASE("After the end a stream stays at its end", "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  transfer.write("last");
  transfer.end();
  CHECK(read_now(transfer.stream(), 3) == "las");
  CHECK(read_now(transfer.stream()) == "t");
  for (int i = 0; i < 3; ++i) CHECK(read_now(transfer.stream()).empty());
}

TEST_CASE("A failed transfer gives what came before, then its error each time",
          "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  transfer.write("some");
  transfer.fail(ErrorCode::connection_lost);
  CHECK(read_now(transfer.stream()) == "some");
  for (int i = 0; i < 3; ++i) {
    try {
      read_now(transfer.stream());
      FAIL("the end of a body that is not complete");
    } catch (const RequestError& error) {
      CHECK(error.code() == ErrorCode::connection_lost);
    }
  }
}

TEST_CASE("An error is thrown as what it is", "[response_stream]") {
  const auto read_failure = [](const Error& error) {
    FakeTransfer transfer;
    const StreamingResponse response = transfer.respond();
    transfer.stream().fail(error);
    read_now(transfer.stream());
  };
  ResponseParts parts;
  parts.status = 404;
  CHECK_THROWS_AS(read_failure(*HttpError::create(Response(parts))), ClientError);
  parts.status = 503;
  CHECK_THROWS_AS(read_failure(*HttpError::create(Response(parts))), ServerError);
  parts.status = 304;
  CHECK_THROWS_AS(read_failure(*HttpError::create(Response(parts))), HttpError);
  CHECK_THROWS_AS(read_failure(TooManyRedirectsError({}, {})), TooManyRedirectsError);
  CHECK_THROWS_AS(read_failure(RecursiveRedirectError({}, {})), RecursiveRedirectError);
}

TEST_CASE("A thread that waits in a read goes on when bytes come", "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  auto got = std::async(std::launch::async, [&stream = transfer.stream()] {
    std::string all;
    char buffer[16];
    while (const std::size_t count = stream.read(buffer)) all.append(buffer, count);
    return all;
  });
  for (const char letter : std::string_view("stream")) {
    transfer.write({&letter, 1});
    // One piece at a time: far less than what write() itself would wake for.
    CHECK(eventually([&] { return !transfer.stream().is_readable(); }));
  }
  transfer.end();
  REQUIRE(got.wait_for(patience) == std::future_status::ready);
  CHECK(got.get() == "stream");
}

TEST_CASE("A buffer without room for another such piece wakes the reader by itself",
          "[response_stream]") {
  FakeTransfer transfer({.capacity = 10});
  const StreamingResponse response = transfer.respond();
  auto got = std::async(std::launch::async, [&stream = transfer.stream()] {
    char buffer[16];
    while (stream.read(buffer) != 0) {
    }
  });
  // Time and again, as nobody can see whether the thread sleeps already.
  for (std::uint64_t turn = 1; turn <= 500; ++turn) {
    REQUIRE(transfer.stream().write("123456"));
    REQUIRE(eventually([&] { return transfer.stream().position() == turn * 6; }));
  }
  transfer.end();
  REQUIRE(got.wait_for(patience) == std::future_status::ready);
}

TEST_CASE("A read gives up at its deadline, and the next one has the bytes", "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  char buffer[16];
  const TimePoint deadline = SteadyClock::now() + std::chrono::milliseconds(5);
  CHECK(transfer.stream().read_until(buffer, deadline) == std::nullopt);
  CHECK(SteadyClock::now() >= deadline);
  transfer.write("late");
  CHECK(transfer.stream().read_until(buffer, deadline) == std::size_t{4});
}

TEST_CASE("Waiting for a stream is refused on an agent thread", "[response_stream]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond();
  transfer.write("bytes");
  char buffer[2];
  int owner = 0;
  const AgentThreadMark mark(&owner);
  // Also while there is something: whether there is, is luck.
  CHECK_THROWS_AS(transfer.stream().read(buffer), std::logic_error);
  CHECK_THROWS_AS(transfer.stream().peek(1), std::logic_error);
  CHECK_THROWS_AS(transfer.stream().read_until(buffer, SteadyClock::now() + std::chrono::hours(1)),
                  std::logic_error);
  CHECK(transfer.stream().read_until(buffer, TimePoint::min()) == std::size_t{2});
  ResponseStream complete{Response(ResponseParts{})};
  CHECK(complete.read(buffer) == 0);
}

TEST_CASE("The agents are let go by whoever reads the end", "[response_stream]") {
  auto keeper = std::make_shared<int>(0);
  const std::weak_ptr<int> agents = keeper;
  FakeTransfer transfer;
  auto response = std::make_unique<StreamingResponse>(transfer.respond());
  transfer.stream().keep(std::move(keeper));
  transfer.write("a");

  SECTION("the end") {
    transfer.end();
    CHECK_FALSE(agents.expired());
    CHECK(read_now(transfer.stream()) == "a");
    CHECK_FALSE(agents.expired());
    CHECK(read_now(transfer.stream()).empty());
    CHECK(agents.expired());
  }
  SECTION("an error") {
    transfer.fail(ErrorCode::connection_lost);
    CHECK(read_now(transfer.stream()) == "a");
    CHECK_FALSE(agents.expired());
    CHECK_THROWS_AS(read_now(transfer.stream()), RequestError);
    CHECK(agents.expired());
  }
  SECTION("dropped") {
    response = nullptr;
    CHECK(agents.expired());
    transfer.fail(ErrorCode::cancelled);
  }
}
