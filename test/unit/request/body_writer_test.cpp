#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/request.hpp>

#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/patience.hpp"
#include "support/watchdog.hpp"

namespace async_http_pool {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// At most `size` of the bytes that are there.
std::string read_from(BodySource& source, std::size_t size = 1000) {
  std::string bytes(size, '\0');
  bytes.resize(source.read(bytes).value_or(0));
  return bytes;
}

bool is_at_end(BodySource& source) {
  char byte = 0;
  return source.read({&byte, 1}) == std::size_t{0};
}

bool has_none_yet(BodySource& source) {
  char byte = 0;
  return !source.read({&byte, 1}).has_value();
}

std::string failure_of(BodySource& source) {
  try {
    return "read " + read_from(source);
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// A thread that writes, whose result can be asked for.
std::future<bool> write_aside(BodyWriter& writer, std::string bytes) {
  return std::async(std::launch::async,
                    [&writer, bytes = std::move(bytes)] { return writer.write(bytes); });
}

bool is_waiting(const std::future<bool>& result) {
  return result.wait_for(30ms) == std::future_status::timeout;
}

TEST_CASE("what is written comes out, none when there is none, and the end when it is finished") {
  BodyWriter writer;
  const auto source = writer.source();
  CHECK_FALSE(source->size().has_value());
  CHECK(has_none_yet(*source));
  CHECK(writer.write("hello "));
  CHECK(writer.write(""));
  CHECK(writer.write("world"));
  CHECK(read_from(*source, 3) == "hel");
  CHECK(read_from(*source) == "lo world");
  CHECK(has_none_yet(*source));
  CHECK(writer.write("!"));
  writer.finish();
  CHECK(read_from(*source) == "!");
  CHECK(is_at_end(*source));
  CHECK(is_at_end(*source));
  writer.finish();
  CHECK(is_at_end(*source));
  CHECK_THROWS_AS(writer.write("x"), std::logic_error);
  CHECK_THROWS_AS(writer.write(""), std::logic_error);
  CHECK_THROWS_AS(writer.write_for("x", 0ms), std::logic_error);
}

TEST_CASE("a writer holds at least a byte, and knows the size it was told") {
  CHECK_THROWS_WITH(BodyWriter({.capacity = 0}), "capacity of a body writer is 0");
  CHECK(BodyWriter({.size = 7}).source()->size() == 7);
  BodyWriter writer({.capacity = 1});
  const auto source = writer.source();
  CHECK(writer.write_for("ab", 0ms) == 1);
  CHECK(read_from(*source) == "a");
}

TEST_CASE("writing for a time takes what there is room for") {
  const Watchdog watchdog("write_for");
  BodyWriter writer({.capacity = 4});
  const auto source = writer.source();
  CHECK(writer.write_for("abc", 0ms) == 3);
  CHECK(writer.write_for("def", -5s) == 1);
  CHECK(writer.write_for("ef", 0ms) == 0);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(writer.write_for("ef", 30ms) == 0);
  CHECK(std::chrono::steady_clock::now() - begin >= 30ms);
  CHECK(read_from(*source, 3) == "abc");
  CHECK(writer.write_for("efgh", 1ms) == 3);
  CHECK(read_from(*source) == "defg");
  CHECK(writer.write_for("x", std::chrono::milliseconds::max()) == 1);
  CHECK(writer.write_for("y", std::chrono::milliseconds::min()) == 1);
}

TEST_CASE("a writer waits while the buffer is full, as long as it takes") {
  const Watchdog watchdog("a full buffer");
  BodyWriter writer({.capacity = 4});
  const auto source = writer.source();
  std::future<bool> result = write_aside(writer, "0123456789");
  std::string received;
  while (received.size() < 6) received += read_from(*source, 1);
  while (received.size() < 10) received += read_from(*source, 3);
  CHECK(result.get());
  CHECK(received == "0123456789");
}

TEST_CASE("a writer of more than fits waits for the reader") {
  const Watchdog watchdog("more than fits");
  BodyWriter writer({.capacity = 4});
  const auto source = writer.source();
  std::future<bool> result = write_aside(writer, "01234");
  CHECK(is_waiting(result));
  std::string received = read_from(*source, 2);  // may come before the writer has begun
  while (received.size() < 5) received += read_from(*source);
  CHECK(received == "01234");
  CHECK(result.get());
}

TEST_CASE("the reader is told when it found nothing, once, and nothing is locked meanwhile") {
  BodyWriter writer({.capacity = 8});
  const auto source = writer.source();
  std::string received;
  int notices = 0;
  source->set_notify([&] {
    ++notices;
    CHECK(writer.is_wanted());
    received += read_from(*source);
  });
  CHECK(writer.write("a"));  // nobody has looked yet
  CHECK(notices == 0);
  CHECK(read_from(*source) == "a");
  CHECK(writer.write("b"));  // it was given all that there was, and not told that this is all
  CHECK(notices == 0);
  CHECK(read_from(*source) == "b");
  CHECK(has_none_yet(*source));
  CHECK(writer.write("c"));
  CHECK(notices == 1);
  CHECK(received == "c");
  CHECK(writer.write("d"));
  CHECK(notices == 1);
  CHECK(read_from(*source) == "d");
  CHECK(has_none_yet(*source));
  CHECK(writer.write(""));
  CHECK(notices == 1);
  writer.finish();
  CHECK(notices == 2);
  CHECK(is_at_end(*source));
  writer.finish();
  CHECK(notices == 2);
}

TEST_CASE("a reader that is told reads more than fits while it is written") {
  const Watchdog watchdog("reading in the notice");
  BodyWriter writer({.capacity = 3});
  const auto source = writer.source();
  std::string received;
  source->set_notify([&] {
    for (std::string bytes = read_from(*source); !bytes.empty(); bytes = read_from(*source))
      received += bytes;
  });
  CHECK(has_none_yet(*source));
  CHECK(writer.write("0123456789"));  // on this one thread: the room is made in the notice
  CHECK(received == "0123456789");
}

TEST_CASE("a body that fails is no body, and says why") {
  BodyWriter writer;
  const auto source = writer.source();
  int notices = 0;
  source->set_notify([&] { ++notices; });
  CHECK(has_none_yet(*source));
  SECTION("by a cause of the application's") {
    writer.fail(std::make_exception_ptr(std::out_of_range("disk is full")));
    CHECK_THROWS_AS(read_from(*source), std::out_of_range);
    CHECK(failure_of(*source) == "disk is full");  // and again
    CHECK(notices == 1);
    CHECK_FALSE(writer.is_wanted());
    CHECK_FALSE(writer.write("x"));
    CHECK(writer.write_for("x", 1h) == 0);
    writer.finish();
    CHECK(failure_of(*source) == "disk is full");
  }
  SECTION("without one, whatever is left to read") {
    CHECK(writer.write("x"));
    writer.fail();
    CHECK(failure_of(*source) == "its writer gave up before the end");
    writer.fail(std::make_exception_ptr(std::out_of_range("too late")));
    CHECK(failure_of(*source) == "its writer gave up before the end");
  }
  SECTION("by its end") {
    std::optional<BodyWriter> other(std::move(writer));
    other.reset();
    CHECK(notices == 1);
    CHECK(failure_of(*source) == "its writer gave up before the end");
  }
  SECTION("unless it was finished before") {
    writer.finish();
    writer.fail();
    CHECK(is_at_end(*source));
    CHECK(notices == 1);
  }
  SECTION("even where the notice throws") {
    source->set_notify([] { throw std::runtime_error("notice"); });
    CHECK(has_none_yet(*source));
    writer.fail();
    CHECK(failure_of(*source) == "its writer gave up before the end");
  }
}

TEST_CASE("the end of a writer that finished leaves the bytes to be read") {
  std::shared_ptr<BodySource> source;
  {
    BodyWriter writer;
    source = writer.source();
    CHECK(writer.write("all"));
    writer.finish();
  }
  CHECK(read_from(*source) == "all");
  CHECK(is_at_end(*source));
}

TEST_CASE("a request that is over wakes a writer that waits, and drops what comes") {
  const Watchdog watchdog("close");
  BodyWriter writer({.capacity = 2});
  const auto source = writer.source();
  const auto notify = std::make_shared<int>();
  source->set_notify([notify] { FAIL("a notice after the end"); });
  std::future<bool> result = write_aside(writer, "abc");
  CHECK(is_waiting(result));
  source->close();
  CHECK_FALSE(result.get());
  CHECK_FALSE(writer.is_wanted());
  CHECK(notify.use_count() == 1);  // nothing is held for longer than needed
  CHECK_FALSE(writer.write("x"));
  CHECK_FALSE(writer.write(""));
  CHECK(writer.write_for("x", 1h) == 0);
  CHECK(has_none_yet(*source));
  source->close();
  writer.finish();
}

TEST_CASE("a request that nobody sends, and is gone, wants no body") {
  const Watchdog watchdog("an unsent request");
  BodyWriter writer({.capacity = 2});
  std::optional<Request> request = Request::post("http://h/").body_source(writer.source()).build();
  CHECK(writer.source() == request->body_source());
  CHECK(writer.is_wanted());
  std::optional<Request> copy = request;
  std::future<bool> result = write_aside(writer, "abc");
  request.reset();
  CHECK(is_waiting(result));
  copy.reset();
  CHECK_FALSE(result.get());
  CHECK_FALSE(writer.is_wanted());
  CHECK(has_none_yet(*writer.source()));  // still the same, and of no use
  CHECK_FALSE(writer.write("x"));
}

TEST_CASE("a writer may begin before anybody has its source") {
  BodyWriter writer({.capacity = 4});
  CHECK(writer.write("abc"));
  CHECK(writer.is_wanted());
  const auto source = writer.source();
  CHECK(writer.write_for("de", 0ms) == 1);
  CHECK(read_from(*source) == "abcd");
  CHECK(writer.source() == source);
}

TEST_CASE("an agent thread does not wait for itself") {
  BodyWriter writer({.capacity = 4});
  const int owner = 0;
  const AgentThreadMark mark(&owner);
  CHECK_THROWS_WITH(writer.write("a"), Catch::Matchers::StartsWith("BodyWriter::write must not"));
  CHECK_THROWS_WITH(writer.write_for("a", 1ms),
                    Catch::Matchers::StartsWith("BodyWriter::write_for must not"));
  CHECK(writer.write_for("abcde", 0ms) == 4);
  writer.finish();
}

TEST_CASE("a writer that is moved stays the writer, and one that is replaced gave up") {
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<BodyWriter>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<BodyWriter>);
  BodyWriter first;
  const auto source = first.source();
  CHECK(first.write("a"));
  BodyWriter second(std::move(first));
  CHECK(second.source() == source);
  CHECK(second.write("b"));
  CHECK(read_from(*source) == "ab");
  second = BodyWriter();
  CHECK(failure_of(*source) == "its writer gave up before the end");
  CHECK(second.write("c"));
  const auto other = second.source();
  CHECK(other != source);
  BodyWriter& same = second;
  second = std::move(same);
  CHECK(second.write("d"));
  CHECK(read_from(*other) == "cd");
}

TEST_CASE("a body can be sent again as long as all of it is there") {
  BodyWriter writer({.capacity = 4});
  const auto source = writer.source();
  CHECK(writer.write("abcd"));
  CHECK(read_from(*source, 3) == "abc");
  CHECK(source->rewind());
  CHECK(read_from(*source) == "abcd");
  CHECK(source->rewind());
  CHECK(writer.write_for("e", 0ms) == 0);  // full again
  CHECK(read_from(*source, 1) == "a");
  CHECK(writer.write("e"));
  CHECK_FALSE(source->rewind());
  CHECK(read_from(*source) == "bcde");

  BodyWriter other;
  CHECK(other.source()->rewind());
  const auto closed = other.source();
  closed->close();
  CHECK_FALSE(closed->rewind());
}

}  // namespace
}  // namespace async_http_pool
