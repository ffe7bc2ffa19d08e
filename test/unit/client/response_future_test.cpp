// A future and the state that it shares: who makes it ready, who takes it, who gives it up.
#include "base/agent_thread.hpp"
#include "client/future_state.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/future_pair.hpp"
#include "support/gate.hpp"
#include "support/tracked_response.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/error.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::exception_ptr failure(const char* text = "it failed") {
  return std::make_exception_ptr(std::runtime_error(text));
}

/// What taking the response throws as a `RequestError`; none otherwise.
std::optional<RequestError> error_of(ResponseFuture future) {
  try {
    static_cast<void>(future.get());
  } catch (const RequestError& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

static_assert(!std::is_copy_constructible_v<ResponseFuture>);
static_assert(std::is_nothrow_move_constructible_v<ResponseFuture>);
static_assert(std::is_nothrow_move_assignable_v<ResponseFuture>);

TEST_CASE("An empty future has no response, and says so") {
  ResponseFuture future;
  CHECK_FALSE(future.is_valid());
  CHECK_FALSE(future.is_ready());
  CHECK_THROWS_AS(future.wait_for(0ms), std::logic_error);
  CHECK_THROWS_AS(future.get(), std::logic_error);
  CHECK_THROWS_AS(std::move(future).then([](ResponseFuture) {}), std::logic_error);
  CHECK_THROWS_AS(std::move(future).resume_on(nullptr), std::logic_error);
  future.cancel();
}

TEST_CASE("A future made of a response gives it once") {
  ResponseFuture future(answer(204));
  CHECK(future.is_valid());
  CHECK(future.is_ready());
  CHECK(future.wait_for(0ms));
  CHECK(future.get().status() == 204);
  CHECK_FALSE(future.is_valid());
  CHECK_FALSE(future.is_ready());
  CHECK_THROWS_AS(future.get(), std::logic_error);
  CHECK_THROWS_AS(future.wait_for(0ms), std::logic_error);
  CHECK_THROWS_AS(std::move(future).then([](ResponseFuture) {}), std::logic_error);
}

TEST_CASE("A future made of a failure throws it once") {
  ResponseFuture future(failure("no luck"));
  CHECK(future.is_ready());
  CHECK_THROWS_WITH(future.get(), "no luck");
  CHECK_FALSE(future.is_valid());
  CHECK_THROWS_AS(future.get(), std::logic_error);
  CHECK_THROWS_AS(ResponseFuture(std::exception_ptr()), std::invalid_argument);
}

TEST_CASE("Waiting for a future ends when it is ready, or the time is over") {
  const Watchdog watchdog("waits for a future");
  FuturePair pair;
  CHECK_FALSE(pair.future.wait_for(std::chrono::milliseconds::min()));
  CHECK_FALSE(pair.future.wait_for(0ms));
  const auto before = Clock::now();
  CHECK_FALSE(pair.future.wait_for(20ms));
  CHECK(Clock::now() - before >= 20ms);
  Gate waits;
  std::thread other([&] {
    static_cast<void>(waits.wait());
    pair.state->complete(answer(200));
  });
  waits.open();
  CHECK(pair.future.wait_for(std::chrono::milliseconds::max()));
  CHECK(pair.future.get().status() == 200);
  other.join();
}

TEST_CASE("An agent thread may take what is ready, and not wait for the rest") {
  FuturePair pair;
  const AgentThreadMark mark(&pair);
  CHECK_THROWS_AS(pair.future.wait_for(0ms), std::logic_error);
  CHECK_THROWS_AS(pair.future.get(), std::logic_error);
  CHECK(pair.future.is_valid());
  pair.state->complete(answer(200));
  CHECK(pair.future.wait_for(0ms));
  CHECK(pair.future.get().status() == 200);
}

TEST_CASE("What makes a future ready first counts, and the rest is destroyed") {
  FuturePair pair;
  Kept late;
  pair.state->fail(failure("first"));
  pair.state->complete(streamed(late.hand_out()));
  CHECK(late.is_gone());
  pair.state->fail(failure("third"));
  CHECK_THROWS_WITH(pair.future.get(), "first");
  Kept later;
  pair.state->complete(streamed(later.hand_out()));
  CHECK(later.is_gone());
}

TEST_CASE("Cancelling asks the target once, and not after the end") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  CHECK_FALSE(pair.state->is_cancelled());
  pair.future.cancel();
  pair.future.cancel();
  CHECK(target->count == 1);
  CHECK(pair.state->is_cancelled());
  CHECK_FALSE(pair.future.is_ready());

  FuturePair ended;
  ended.state->set_cancel(target);
  CHECK(target.use_count() == 3);
  ended.state->complete(answer(200));
  CHECK(target.use_count() == 2);  // let go, so that it may own the state
  ended.state->set_cancel(target);
  CHECK(target.use_count() == 2);
  ended.future.cancel();
  CHECK(target->count == 1);
  CHECK(ended.future.get().status() == 200);
}

TEST_CASE("Cancelling before there is a target asks it as soon as it is there") {
  FuturePair pair;
  pair.future.cancel();
  const auto first = std::make_shared<CancelCount>();
  const auto second = std::make_shared<CancelCount>();
  pair.state->set_cancel(first);
  CHECK(first->count == 1);
  pair.state->set_cancel(second);
  CHECK(first->count == 1);
  CHECK(second->count == 1);
}

TEST_CASE("A target that was replaced is not asked") {
  FuturePair pair;
  const auto first = std::make_shared<CancelCount>();
  const auto second = std::make_shared<CancelCount>();
  pair.state->set_cancel(first);
  pair.state->set_cancel(second);
  CHECK(first.use_count() == 1);
  pair.future.cancel();
  CHECK(first->count == 0);
  CHECK(second->count == 1);
}

TEST_CASE("A cancelled future gives no response, even if one came") {
  FuturePair pair;
  Kept transfer;
  bool is_gone_in_callback = false;
  pair.future.cancel();
  std::optional<RequestError> error;
  std::move(pair.future).then([&](ResponseFuture ready) {
    is_gone_in_callback = transfer.is_gone();
    error = error_of(std::move(ready));
  });
  pair.state->complete(streamed(transfer.hand_out()));
  CHECK(is_gone_in_callback);
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::cancelled);
  CHECK(error->url() == "http://server/");
  CHECK(error->method() == "GET");
  CHECK(error->request_id() == "id");
}

TEST_CASE("A target may make the future ready while it is asked") {
  struct Target {
    std::shared_ptr<FutureState> state;
    void cancel() noexcept { state->fail(failure("gave up")); }
  };
  {
    FuturePair pair;
    pair.state->set_cancel(std::make_shared<Target>(Target{pair.state}));
    pair.future.cancel();
    CHECK_THROWS_WITH(pair.future.get(), "gave up");
  }
  FuturePair dropped;
  const std::weak_ptr<FutureState> state = dropped.state;
  dropped.state->set_cancel(std::make_shared<Target>(Target{std::move(dropped.state)}));
  dropped.future = ResponseFuture();
  CHECK(state.expired());
}

TEST_CASE("Cancelling ends a get on another thread") {
  const Watchdog watchdog("a get that is cancelled");
  for (int round = 0; round < 200; ++round) {
    FuturePair pair;
    struct Target {
      std::shared_ptr<FutureState> state;
      void cancel() noexcept { state->fail(failure("gave up")); }
    };
    pair.state->set_cancel(std::make_shared<Target>(Target{pair.state}));
    std::thread canceller([&] { pair.future.cancel(); });
    CHECK_THROWS_WITH(pair.future.get(), "gave up");
    canceller.join();
  }
}

TEST_CASE("Dropping a future that is not ready cancels") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  SECTION("destroyed") { const ResponseFuture dropped = std::move(pair.future); }
  SECTION("assigned to") { pair.future = ResponseFuture(answer(200)); }
  CHECK(target->count == 1);
  Kept transfer;
  pair.state->complete(streamed(transfer.hand_out()));
  CHECK(transfer.is_gone());
}

TEST_CASE("Dropping a future that is ready destroys its response") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  Kept transfer;
  pair.state->complete(streamed(transfer.hand_out()));
  CHECK_FALSE(transfer.is_gone());
  pair.future = ResponseFuture();
  CHECK(transfer.is_gone());  // though its maker has the state still
  CHECK(target->count == 0);
}

TEST_CASE("A response that was taken outlives its future") {
  FuturePair pair;
  Kept transfer;
  pair.state->complete(streamed(transfer.hand_out()));
  std::optional<StreamingResponse> response = pair.future.get();
  pair.future = ResponseFuture();
  CHECK_FALSE(transfer.is_gone());
  response.reset();
  CHECK(transfer.is_gone());
}

TEST_CASE("A future moves, also onto itself") {
  FuturePair pair;
  const auto target = std::make_shared<CancelCount>();
  pair.state->set_cancel(target);
  ResponseFuture& same = pair.future;
  pair.future = std::move(same);
  CHECK(pair.future.is_valid());
  ResponseFuture moved(std::move(pair.future));
  CHECK_FALSE(pair.future.is_valid());
  pair.future = std::move(moved);
  CHECK(pair.future.is_valid());
  CHECK(target->count == 0);
  pair.state->complete(answer(201));
  CHECK(pair.future.get().status() == 201);
}

TEST_CASE("Hundreds of futures are waited for by many threads") {
  const Watchdog watchdog("hundreds of futures");
  constexpr int threads_max = 8;
  constexpr int futures_each = 50;
  std::vector<std::shared_ptr<FutureState>> states;
  std::vector<std::vector<ResponseFuture>> futures(threads_max);
  for (std::vector<ResponseFuture>& own : futures) {
    for (int i = 0; i < futures_each; ++i) {
      states.push_back(std::make_shared<FutureState>());
      own.push_back(FutureAccess::make(states.back()));
    }
  }
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (std::vector<ResponseFuture>& own : futures) {
    threads.emplace_back([&own, &taken] {
      for (ResponseFuture& future : own) {
        if (future.wait_for(patience) && future.get().status() == 200) ++taken;
      }
    });
  }
  for (auto state = states.rbegin(); state != states.rend(); ++state)
    (*state)->complete(answer(200));
  for (std::thread& thread : threads) thread.join();
  CHECK(taken == threads_max * futures_each);
}
