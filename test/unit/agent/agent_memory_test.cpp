// What an agent does when there is no memory for something, whatever it is.
//
// An executable of its own, as its linker has all of the library's calls of malloc come here first.
// What libcurl takes for itself is not ours to survive.
#include "agent/agent.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/posted_transfer.hpp"

namespace {

// How many allocations of this thread succeed before one does not; negative: all.
thread_local long allocations_left = -1;

}  // namespace

extern "C" {
void* __real_malloc(std::size_t size);
void* __wrap_malloc(std::size_t size) {
  if (allocations_left >= 0 && allocations_left-- == 0) return nullptr;
  return __real_malloc(size);
}
}

// All that the sanitizers' own forms would not pair with these; others are made of them.
void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace async_http_pool {
namespace {

using test::AnsweringAgent;
using test::PostedTransfer;

/// An agent with two orders, of which it gets to know at the same time.
class Fixture : public AnsweringAgent {
 public:
  Fixture()
      : AnsweringAgent(
            {.headers = {{"x-long", std::string(100, 'x')}}, .pieces = {"some", "body"}}),
        remote(agent.make_remote("http://127.0.0.1:1")),
        first(remote) {
    const auto end = [this] {
      if (first.ended() > 0 && second.ended() > 0) agent.stop_at(TimePoint::min());
    };
    first.when_ended = end;
    second.when_ended = end;
  }

  /// Lets the allocation fail that comes after `successes` others. Whether there was one.
  [[nodiscard]] bool run_without_memory(long successes) {
    REQUIRE(agent.submit(first.order));
    REQUIRE(agent.submit(second.order));
    allocations_left = successes;
    failure = agent.run();
    return std::exchange(allocations_left, -1) < 0;
  }
  /// As `accept` does when it cannot make a handler.
  [[nodiscard]] bool is_first_alone_given_back() const {
    return !failure && first.given_back == 1 && first.started == 0 && second.status == 200;
  }

  const std::shared_ptr<TransferRemote> remote;
  PostedTransfer first;
  PostedTransfer second;
  std::optional<std::string> failure;
};

TEST_CASE("an order without memory for its handler is given back, and the next is answered") {
  // What is known of its origin, the handler itself, and the answer that it plays.
  const long successes = GENERATE(range(0L, 7L));
  CAPTURE(successes);
  Fixture fixture;
  int load = -1;
  fixture.first.when_ended = [&] { load = fixture.agent.load(); };
  REQUIRE(fixture.run_without_memory(successes));
  CHECK(fixture.is_first_alone_given_back());
  CHECK(load == 1);  // that of the second
  CHECK(fixture.second.done == 1);
  CHECK(fixture.agent.load() == 0);
  CHECK(fixture.remote->handler == nullptr);
}

/// What becomes of the first order.
enum class Course { answered, delayed, overdue, timed_out, cancelled };

void take(Course course, Fixture& fixture) {
  TransferOrder& order = fixture.first.order.order;
  if (course == Course::answered) order.deadline = SteadyClock::now() + std::chrono::hours(1);
  if (course == Course::overdue) order.deadline = SteadyClock::now();
  if (course == Course::delayed) order.start_at = SteadyClock::now() + std::chrono::milliseconds(1);
  if (course == Course::timed_out || course == Course::cancelled)
    order.start_at = SteadyClock::now() + std::chrono::hours(1);
  if (course == Course::timed_out)
    order.deadline = SteadyClock::now() + std::chrono::milliseconds(1);
  if (course == Course::cancelled) {
    fixture.second.when_ended = [&fixture, end = fixture.second.when_ended] {
      fixture.remote->cancel();
      end();
    };
  }
}

TEST_CASE("whatever an agent has no memory for, each order ends once, and the agent works again") {
  const Course course = GENERATE(Course::answered, Course::delayed, Course::overdue,
                                 Course::timed_out, Course::cancelled);
  CAPTURE(static_cast<int>(course));
  constexpr long plenty = 10'000;
  long successes = 0;
  for (bool was_short = true; was_short && successes < plenty; ++successes) {
    Fixture fixture;
    take(course, fixture);
    was_short = fixture.run_without_memory(successes);
    CAPTURE(successes);
    REQUIRE(fixture.failure.value_or("") == "");  // one order alone is no reason to end the agent
    REQUIRE(fixture.first.ended() == 1);
    REQUIRE(fixture.second.ended() == 1);
    REQUIRE(fixture.agent.load() == 0);
    REQUIRE(fixture.remote->handler == nullptr);

    fixture.agent.reopen();
    PostedTransfer later;
    later.when_ended = [&] { fixture.agent.stop_at(TimePoint::min()); };
    REQUIRE(fixture.agent.submit(later.order));
    REQUIRE_FALSE(fixture.agent.run());
    REQUIRE(later.status == 200);
  }
  CHECK(successes > 10);
  CHECK(successes < plenty);
}

}  // namespace
}  // namespace async_http_pool
