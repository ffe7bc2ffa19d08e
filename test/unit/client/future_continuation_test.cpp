// What is called when a future is ready: by whom, where and how often.
#include "client/future_state.hpp"
#include "support/catch.hpp"
#include "support/future_pair.hpp"
#include "support/tracked_response.hpp"
#include "support/watchdog.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

TEST_CASE("A callback is called at once when the future is ready, executor or not") {
  int executor_calls = 0;
  FuturePair pair([&](const std::function<void()>&) { ++executor_calls; });
  pair.state->complete(answer(200));
  int status = 0;
  std::move(pair.future).then([&](ResponseFuture ready) {
    CHECK(ready.is_ready());
    status = ready.get().status();
  });
  CHECK(status == 200);
  CHECK(executor_calls == 0);
  CHECK_FALSE(pair.future.is_valid());
}

TEST_CASE("A callback is called by what makes the future ready, and destroyed after it") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  auto owned = std::make_unique<int>(7);  // a callback that cannot be copied
  Kept captured;
  int result = 0;
  std::move(pair.future)
      .then([&, owned = std::move(owned), held = captured.hand_out()](ResponseFuture ready) {
        result = *owned + ready.get().status();
      });
  CHECK_FALSE(pair.future.is_valid());
  pair.future = ResponseFuture();
  CHECK(target->count == 0);  // the request goes on
  CHECK(result == 0);
  pair.state->complete(answer(200));
  CHECK(result == 207);
  CHECK(captured.is_gone());
}

TEST_CASE("What a callback throws is logged and contained, at once and later") {
  struct NoException {};
  FuturePair pair;
  SECTION("ready") { pair.state->complete(answer(200)); }
  SECTION("not ready") {}
  SECTION("not a std::exception") {
    std::move(pair.future).then([](ResponseFuture) { throw NoException(); });
    pair.state->complete(answer(200));
    CHECK(pair.logger->contains("error a callback threw"));
    return;
  }
  std::move(pair.future).then([](ResponseFuture ready) {
    CHECK(ready.get().status() == 200);
    throw std::runtime_error("too bad");
  });
  pair.state->complete(answer(200));
  CHECK(pair.logger->contains("error a callback threw: too bad"));
}

TEST_CASE("A callback may cancel, drop or keep its future") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  Kept transfer;
  ResponseFuture kept;
  bool is_kept = false;
  SECTION("cancel and drop") {
    std::move(pair.future).then([](ResponseFuture ready) { ready.cancel(); });
  }
  SECTION("drop") {
    std::move(pair.future).then([](const ResponseFuture&) {});
  }
  SECTION("keep") {
    is_kept = true;
    std::move(pair.future).then([&](ResponseFuture ready) { kept = std::move(ready); });
  }
  pair.state->complete(streamed(transfer.hand_out()));
  CHECK(target->count == 0);
  CHECK(transfer.is_gone() != is_kept);
  CHECK(kept.is_ready() == is_kept);
  kept = ResponseFuture();
  CHECK(transfer.is_gone());
}

TEST_CASE("A callback may destroy the last that is left of whoever made its future ready") {
  FuturePair pair;
  const std::weak_ptr<FutureState> watch = pair.state;
  FutureState* const state = pair.state.get();
  std::move(pair.future).then([&](ResponseFuture ready) {
    pair.state.reset();
    CHECK(ready.get().status() == 200);
  });
  state->complete(answer(200));
  CHECK(watch.expired());
}

TEST_CASE("A callback that takes the future of another request may be called by it") {
  FuturePair first;
  FuturePair second;
  int status = 0;
  std::move(first.future).then([&](ResponseFuture) {
    std::move(second.future).then([&](ResponseFuture ready) { status = ready.get().status(); });
  });
  first.state->fail(std::make_exception_ptr(std::runtime_error("it failed")));
  CHECK(status == 0);
  second.state->complete(answer(200));
  CHECK(status == 200);
}

TEST_CASE("An executor gets the continuation of a future that was not ready") {
  std::vector<std::function<void()>> queue;
  const Executor executor = [&](std::function<void()> call) { queue.push_back(std::move(call)); };
  Kept captured;
  std::optional<FuturePair> pair(
      std::in_place,
      [&, held = captured.hand_out()](const std::function<void()>& call) { executor(call); });
  int calls = 0;
  SECTION("the one of its request") {
    std::move(pair->future).then([&](ResponseFuture) { ++calls; });
  }
  SECTION("another one") {
    std::move(pair->future).resume_on(executor).then([&](ResponseFuture) { ++calls; });
  }
  CHECK(queue.empty());
  pair->state->complete(answer(200));
  CHECK(captured.is_gone());  // an executor is used once
  pair.reset();
  REQUIRE(queue.size() == 1);
  CHECK(calls == 0);
  queue[0]();
  queue[0]();  // once too often
  CHECK(calls == 1);
}

TEST_CASE("An executor may run the continuation on another thread") {
  const Watchdog watchdog("an executor's thread");
  std::thread thread;
  FuturePair pair([&](std::function<void()> call) { thread = std::thread(std::move(call)); });
  std::thread::id continued_on;
  std::move(pair.future).then([&](ResponseFuture ready) {
    CHECK(ready.get().status() == 200);
    continued_on = std::this_thread::get_id();
  });
  pair.state->complete(answer(200));
  const std::thread::id expected = thread.get_id();
  thread.join();
  CHECK(continued_on == expected);
}

TEST_CASE("An executor that throws loses no continuation, and repeats none") {
  bool calls_before = false;
  SECTION("it throws at once") {}
  SECTION("it calls, and throws") { calls_before = true; }
  FuturePair pair([&](const std::function<void()>& call) {
    if (calls_before) call();
    throw std::runtime_error("no thread is left");
  });
  int calls = 0;
  std::move(pair.future).then([&](ResponseFuture ready) {
    ++calls;
    CHECK(ready.get().status() == 200);
  });
  pair.state->complete(answer(200));
  CHECK(calls == 1);
  CHECK(pair.logger->contains("error an executor threw"));
}

TEST_CASE("An executor that drops its function destroys the callback and the response") {
  FuturePair pair([](const std::function<void()>&) {});
  Kept captured;
  Kept transfer;
  bool is_called = false;
  std::move(pair.future).then([&is_called, held = captured.hand_out()](ResponseFuture) {
    is_called = true;
  });
  pair.state->complete(streamed(transfer.hand_out()));
  const std::weak_ptr<FutureState> state = pair.state;
  pair.state.reset();
  CHECK(state.expired());
  CHECK(captured.is_gone());
  CHECK(transfer.is_gone());
  CHECK_FALSE(is_called);
}
