// Coroutines that return a `ResponseFuture`, as interceptors do, and coroutines that wait for one.
#include "client/future_state.hpp"
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"
#include "support/task.hpp"
#include "support/tracked_response.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/error.hpp>
#include <async_http_pool/interceptor.hpp>

#include <deque>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A network that answers when the test says so.
struct Network {
  std::deque<std::shared_ptr<FutureState>> requests;
  std::shared_ptr<CancelCount> cancels = std::make_shared<CancelCount>();

  ResponseFuture send() {
    requests.push_back(std::make_shared<FutureState>());
    requests.back()->set_cancel(cancels);
    return FutureAccess::make(requests.back());
  }
  std::shared_ptr<FutureState> next() {
    REQUIRE_FALSE(requests.empty());
    std::shared_ptr<FutureState> state = std::move(requests.front());
    requests.pop_front();
    return state;
  }
};

std::exception_ptr cancelled_failure() {
  return std::make_exception_ptr(
      RequestError(ErrorType::unknown, ErrorCode::cancelled, "request was cancelled", {}));
}

ErrorCode code_of(ResponseFuture future) {
  try {
    static_cast<void>(future.get());
  } catch (const RequestError& error) {
    return error.code();
  }
  return ErrorCode::none;
}

ResponseFuture answer_at_once(int status) { co_return answer(status); }

ResponseFuture pass_on(ResponseFuture inner, std::shared_ptr<const void> /*held*/ = nullptr) {
  co_return co_await std::move(inner);
}

ResponseFuture retry_401(Network& network, std::shared_ptr<const void> /*held*/ = nullptr) {
  StreamingResponse response = co_await network.send();
  if (response.status() != 401) co_return response;
  co_return co_await network.send();
}

}  // namespace

TEST_CASE("A coroutine that does not wait is ready at once") {
  ResponseFuture future = answer_at_once(204);
  CHECK(future.is_ready());
  CHECK(future.get().status() == 204);
}

TEST_CASE("A coroutine goes on when what it waits for is ready") {
  Network network;
  Kept frame;
  ResponseFuture future = retry_401(network, frame.hand_out());
  CHECK_FALSE(future.is_ready());
  network.next()->complete(answer(401));
  CHECK_FALSE(future.is_ready());
  CHECK_FALSE(frame.is_gone());
  network.next()->complete(answer(200));
  CHECK(frame.is_gone());
  REQUIRE(future.is_ready());
  CHECK(future.get().status() == 200);
}

TEST_CASE("What a coroutine throws fails its future") {
  Network network;
  SECTION("by itself, before it waits") {
    auto throwing = []() -> ResponseFuture {
      throw std::runtime_error("bad request");
      co_return answer(200);
    };
    ResponseFuture future = throwing();
    CHECK_THROWS_WITH(future.get(), "bad request");
  }
  SECTION("by itself, after it waited") {
    auto throwing = [](Network& with) -> ResponseFuture {
      static_cast<void>(co_await with.send());
      throw std::runtime_error("bad response");
    };
    ResponseFuture future = throwing(network);
    Kept transfer;
    network.next()->complete(streamed(transfer.hand_out()));
    CHECK(transfer.is_gone());
    CHECK_THROWS_WITH(future.get(), "bad response");
  }
  SECTION("from what it waited for") {
    ResponseFuture future = pass_on(network.send());
    network.next()->fail(std::make_exception_ptr(std::runtime_error("no network")));
    CHECK_THROWS_WITH(future.get(), "no network");
  }
  SECTION("from an empty future") {
    ResponseFuture future = pass_on(ResponseFuture());
    CHECK_THROWS_AS(future.get(), std::logic_error);
  }
}

TEST_CASE("A coroutine is gone, parameters and all, before its future is ready") {
  Network network;
  Kept frame;
  bool is_gone = false;
  SECTION("with a response") {
    pass_on(network.send(), frame.hand_out()).then([&](ResponseFuture) {
      is_gone = frame.is_gone();
    });
    network.next()->complete(answer(200));
  }
  SECTION("with a failure") {
    pass_on(network.send(), frame.hand_out()).then([&](ResponseFuture) {
      is_gone = frame.is_gone();
    });
    network.next()->fail(cancelled_failure());
  }
  CHECK(is_gone);
}

TEST_CASE("A coroutine does not suspend for a future that is ready") {
  auto many = []() -> ResponseFuture {
    int sum = 0;
    // Each suspension would take some stack.
    for (int i = 0; i < 200'000; ++i) sum += (co_await answer_at_once(1)).status();
    co_return answer(sum / 1000);
  };
  CHECK(many().get().status() == 200);
}

TEST_CASE("Cancelling a coroutine's future cancels what it waits for") {
  Network network;
  Kept frame;
  ResponseFuture future = retry_401(network, frame.hand_out());
  SECTION("the first wait") {
    future.cancel();
    CHECK(network.cancels->count == 1);
    network.next()->fail(cancelled_failure());
  }
  SECTION("the second wait") {
    network.next()->complete(answer(401));
    CHECK(network.cancels->count == 0);
    future.cancel();
    CHECK(network.cancels->count == 1);
    network.next()->fail(cancelled_failure());
  }
  SECTION("all that it waits for later") {
    future.cancel();
    const std::shared_ptr<FutureState> first = network.next();
    CHECK(first->is_cancelled());
    first->complete(answer(401));  // too late to be cancelled: it fails all the same
  }
  CHECK(frame.is_gone());
  REQUIRE(future.is_ready());
  CHECK(code_of(std::move(future)) == ErrorCode::cancelled);
}

TEST_CASE("A coroutine that goes on after it was cancelled is cancelled at each wait") {
  Network network;
  auto stubborn = [](Network& with) -> ResponseFuture {
    for (int tries = 0; tries < 3; ++tries) {
      try {
        co_return co_await with.send();
      } catch (const RequestError&) {
      }
    }
    co_return answer(299);
  };
  ResponseFuture future = stubborn(network);
  future.cancel();
  for (int tries = 1; tries <= 3; ++tries) {
    CHECK(network.cancels->count == tries);
    network.next()->fail(cancelled_failure());
  }
  CHECK(code_of(std::move(future)) == ErrorCode::cancelled);
}

TEST_CASE("Dropping a coroutine's future cancels what it waits for, and it runs to its end") {
  Network network;
  Kept frame;
  Kept transfer;
  static_cast<void>(pass_on(pass_on(pass_on(network.send(), frame.hand_out()))));
  CHECK(network.cancels->count == 1);
  CHECK_FALSE(frame.is_gone());
  network.next()->complete(streamed(transfer.hand_out()));
  CHECK(frame.is_gone());
  CHECK(transfer.is_gone());
}

TEST_CASE("Cancelling a coroutine cancels the body that it reads") {
  struct Reading {
    static ResponseFuture run(ResponseFuture inner, std::shared_ptr<const void> /*held*/) {
      StreamingResponse response = co_await std::move(inner);
      std::string buffer(100, ' ');
      while (co_await response.body().read_async(buffer) != 0) {
      }
      co_return response;
    }
  };
  FakeTransfer transfer;
  Kept frame;
  ResponseFuture future = Reading::run(ResponseFuture(transfer.respond()), frame.hand_out());
  transfer.write("some bytes");
  CHECK_FALSE(transfer.is_cancelled());
  SECTION("cancelled") {
    future.cancel();
    REQUIRE(transfer.is_cancelled());
    transfer.fail(ErrorCode::cancelled);
    CHECK(code_of(std::move(future)) == ErrorCode::cancelled);
  }
  SECTION("dropped") {
    future = ResponseFuture();
    REQUIRE(transfer.is_cancelled());
    transfer.fail(ErrorCode::cancelled);
  }
  SECTION("read to the end") {
    transfer.end();
    CHECK(future.get().status() == 200);
  }
  CHECK(frame.is_gone());
}

TEST_CASE("A coroutine that is destroyed while it waits for something else fails its future") {
  struct Forever {
    std::coroutine_handle<>& coroutine;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const noexcept { coroutine = waiting; }
    void await_resume() const noexcept {}
  };
  std::coroutine_handle<> coroutine;
  auto wait = [](std::coroutine_handle<>& where) -> ResponseFuture {
    co_await Forever{where};
    co_return answer(200);
  };
  ResponseFuture future = wait(coroutine);
  CHECK_FALSE(future.is_ready());
  coroutine.destroy();
  CHECK(code_of(std::move(future)) == ErrorCode::cancelled);
}

TEST_CASE("A coroutine goes on where the executor says") {
  std::vector<std::function<void()>> request_queue;
  std::vector<std::function<void()>> own_queue;
  const auto into = [](std::vector<std::function<void()>>& queue) -> Executor {
    return [&queue](std::function<void()> call) { queue.push_back(std::move(call)); };
  };
  const auto state = std::make_shared<FutureState>(into(request_queue), nullptr);
  ResponseFuture future = FutureAccess::make(state);
  SECTION("of its request") {
    future = pass_on(std::move(future));
    state->complete(answer(200));
    CHECK(own_queue.empty());
    REQUIRE(request_queue.size() == 1);
    CHECK_FALSE(future.is_ready());
    request_queue[0]();
  }
  SECTION("of its own") {
    future = pass_on(std::move(future).resume_on(into(own_queue)));
    state->complete(answer(200));
    CHECK(request_queue.empty());
    REQUIRE(own_queue.size() == 1);
    CHECK_FALSE(future.is_ready());
    own_queue[0]();
    own_queue[0]();  // once too often
  }
  CHECK(future.get().status() == 200);
}

TEST_CASE("A coroutine waits for foreign awaitables, too") {
  auto twice = [](int value) -> examples::Task<int> { co_return value * 2; };
  auto intercept = [&]() -> ResponseFuture {
    const int status = co_await twice(100);
    auto task = twice(1);
    co_return answer(status + co_await std::move(task));
  };
  CHECK(intercept().get().status() == 202);
}

TEST_CASE("A coroutine of another kind waits for a future") {
  const Watchdog watchdog("a task that waits for a future");
  auto fetch = [](ResponseFuture future) -> examples::Task<int> {
    const int status = (co_await std::move(future)).status();
    co_return status + (co_await answer_at_once(4)).status();
  };
  Network network;
  examples::Task<int> task = fetch(network.send());
  std::thread server([state = network.next()] { state->complete(answer(200)); });
  CHECK(examples::sync_wait(std::move(task)) == 204);
  server.join();
  CHECK_THROWS_AS(examples::sync_wait(fetch(ResponseFuture())), std::logic_error);
  CHECK_THROWS_AS(examples::sync_wait(fetch(ResponseFuture(cancelled_failure()))), RequestError);
}

TEST_CASE("Interceptors stand around each other, and a cancel goes through all of them") {
  class Passing final : public Interceptor {
   public:
    ResponseFuture intercept(Request request, Next next) override {
      StreamingResponse response = co_await next(std::move(request));
      co_return response;
    }
  };
  Network network;
  Passing passing;
  Next chain = [&](const Request&) { return network.send(); };
  for (int i = 0; i < 5; ++i) {
    chain = [&passing, rest = std::move(chain)](Request request) {
      return passing.intercept(std::move(request), rest);
    };
  }
  const Request request = Request::get("http://server/").build();
  ResponseFuture answered = chain(request);
  network.next()->complete(answer(200));
  CHECK(answered.get().status() == 200);

  ResponseFuture given_up = chain(request);
  given_up.cancel();
  CHECK(network.cancels->count == 1);
  network.next()->fail(cancelled_failure());
  CHECK(code_of(std::move(given_up)) == ErrorCode::cancelled);
}

TEST_CASE("A wait for all tasks ends with the last, and throws what the first has failed with") {
  auto value = [](ResponseFuture future) -> examples::Task<int> {
    co_return (co_await std::move(future)).status();
  };
  Network network;
  std::vector<examples::Task<int>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(value(network.send()));
  bool is_done = false;
  auto both = [&](std::vector<examples::Task<int>> all) -> examples::Task<void> {
    try {
      static_cast<void>(co_await examples::when_all(std::move(all)));
    } catch (const std::exception& error) {
      is_done = error.what() == std::string("second");
    }
  };
  examples::Task<void> task = both(std::move(tasks));
  bool has_ended = false;
  examples::run_detached(task, [&] { has_ended = true; });
  const auto failure = [](const char* text) {
    return std::make_exception_ptr(std::runtime_error(text));
  };
  const std::shared_ptr<FutureState> first = network.next();
  const std::shared_ptr<FutureState> second = network.next();
  network.next()->fail(failure("third"));
  second->fail(failure("second"));
  CHECK_FALSE(has_ended);
  first->complete(answer(200));
  CHECK(has_ended);
  CHECK(is_done);
  CHECK(examples::sync_wait(examples::when_all(std::vector<examples::Task<int>>())).empty());
}
