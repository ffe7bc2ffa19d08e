// Futures that are made ready, cancelled, dropped, waited for and awaited at the same moment.
#include "client/future_state.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/sanitized.hpp"
#include "support/task.hpp"
#include "support/tracked_response.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/error.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// An executor with a thread of its own, which runs all that it got before it ends.
class PoolThread {
 public:
  PoolThread() : thread_([this] { run(); }) {}
  ~PoolThread() {
    put(nullptr);
    thread_.join();
  }
  PoolThread(const PoolThread&) = delete;
  PoolThread& operator=(const PoolThread&) = delete;

  [[nodiscard]] Executor executor() {
    return [this](std::function<void()> call) { put(std::move(call)); };
  }

 private:
  void put(std::function<void()> call) {
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(std::move(call));
    }
    is_filled_.notify_one();
  }
  void run() {
    while (true) {
      std::unique_lock lock(mutex_);
      is_filled_.wait(lock, [this] { return !calls_.empty(); });
      const std::function<void()> call = std::move(calls_.front());
      calls_.pop_front();
      lock.unlock();
      if (call == nullptr) return;
      call();
    }
  }

  std::mutex mutex_;
  std::condition_variable is_filled_;
  std::deque<std::function<void()>> calls_;  // guarded by mutex_; null: the end
  std::thread thread_;
};

std::exception_ptr failure() { return std::make_exception_ptr(std::runtime_error("it failed")); }

/// What a transfer does when it is cancelled: some end at once, others when they come to it.
struct Transfer {
  std::weak_ptr<FutureState> state;
  bool ends_at_once;
  void cancel() noexcept {
    if (!ends_at_once) return;
    if (const auto locked = state.lock()) locked->fail(failure());
  }
};

ResponseFuture both(ResponseFuture first, ResponseFuture second,
                    std::shared_ptr<const void> /*frame*/) {
  try {
    static_cast<void>(co_await std::move(first));
  } catch (const std::exception&) {
  }
  co_return co_await std::move(second);
}

examples::Task<void> await_on(Executor executor, ResponseFuture future,
                              std::shared_ptr<const void> /*frame*/) {
  try {
    static_cast<void>(co_await std::move(future).resume_on(std::move(executor)));
  } catch (const std::exception&) {
  }
}

/// Some requests, and threads that fall upon them.
class Round {
 public:
  Round(unsigned seed, PoolThread& pool) : seed_(seed), pool_(pool) {
    std::mt19937 random(seed);
    for (int i = 0; i < kinds * each; ++i) {
      const bool has_executor = random() % 3 == 0;
      ResponseFuture first = send(random(), has_executor ? pool.executor() : nullptr);
      if (is_coroutine(i)) {
        first = both(std::move(first), send(random(), nullptr), frames_);
      }
      futures_.push_back(std::move(first));
    }
  }

  void run() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 2; ++i) threads.emplace_back([this, i] { make_ready(seed_ + i); });
    threads.emplace_back([this] { cancel_some(); });
    for (int i = 0; i < 2; ++i) threads.emplace_back([this, i] { consume(i); });
    for (std::thread& thread : threads) thread.join();
    // Some of it comes on the pool's thread.
    CHECK(eventually([this] { return outcomes_ == kinds_with_outcome * each; }));
    futures_.clear();
    tasks_[0].clear();
    tasks_[1].clear();
    states_.clear();
    CHECK(eventually([this] { return frames_.use_count() == 1; }));
    CHECK(eventually([this] { return transfers_.use_count() == 1; }));
    CHECK(outcomes_ == kinds_with_outcome * each);
  }

 private:
  static constexpr int each = 8;
  enum Kind { get, get_both, then, then_both, await, drop, drop_both, wait_and_drop };
  static constexpr int kinds = 8;
  static constexpr int kinds_with_outcome = 5;

  static bool is_coroutine(int i) {
    const int kind = i % kinds;
    return kind == get_both || kind == then_both || kind == drop_both;
  }

  ResponseFuture send(std::uint_fast32_t dice, Executor executor) {
    const auto state = std::make_shared<FutureState>(std::move(executor), nullptr);
    if (dice % 4 != 0) state->set_cancel(transfer_of(state, dice));
    states_.push_back(state);
    return FutureAccess::make(state);
  }
  static std::shared_ptr<Transfer> transfer_of(const std::shared_ptr<FutureState>& state,
                                               std::uint_fast32_t dice) {
    return std::make_shared<Transfer>(Transfer{state, dice % 2 == 0});
  }

  void make_ready(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<std::shared_ptr<FutureState>> states = states_;
    std::shuffle(states.begin(), states.end(), random);
    for (const std::shared_ptr<FutureState>& state : states) {
      switch (random() % 4) {
        case 0:
          state->fail(failure());
          break;
        case 1:
          state->set_cancel(transfer_of(state, random()));
          [[fallthrough]];
        default:
          state->complete(streamed(transfers_));
      }
      if (random() % 4 == 0) std::this_thread::yield();
    }
  }

  void cancel_some() {
    for (int i = 0; i < kinds * each; ++i) {
      // Of the others the consumers move the futures.
      if (i % kinds <= get_both && i % 3 != 0) futures_[static_cast<std::size_t>(i)].cancel();
    }
  }

  void consume(int part) {
    for (int i = part; i < kinds * each; i += 2) {
      consume(static_cast<Kind>(i % kinds), futures_[static_cast<std::size_t>(i)],
              tasks_[static_cast<std::size_t>(part)]);
    }
  }

  void consume(Kind kind, ResponseFuture& future, std::deque<examples::Task<void>>& tasks) {
    switch (kind) {
      case get:
      case get_both:
        take(future);
        break;
      case then:
      case then_both:
        std::move(future).then([this, frame = frames_](ResponseFuture ready) { take(ready); });
        break;
      case await:
        tasks.push_back(await_on(pool_.executor(), std::move(future), frames_));
        examples::run_detached(tasks.back(), [this] { ++outcomes_; });
        break;
      case wait_and_drop:
        static_cast<void>(future.wait_for(1ms));
        [[fallthrough]];
      case drop:
      case drop_both:
        future = ResponseFuture();
    }
  }

  void take(ResponseFuture& future) {
    try {
      static_cast<void>(future.get());
    } catch (const std::exception&) {
    }
    ++outcomes_;
  }

  const unsigned seed_;
  PoolThread& pool_;
  const std::shared_ptr<const int> frames_ = std::make_shared<const int>(0);
  const std::shared_ptr<const int> transfers_ = std::make_shared<const int>(0);
  std::vector<std::shared_ptr<FutureState>> states_;
  std::vector<ResponseFuture> futures_;
  std::deque<examples::Task<void>> tasks_[2];  // of each consumer
  std::atomic<int> outcomes_ = 0;
};

}  // namespace

TEST_CASE("Each future that somebody wants has one outcome, and nothing is left of the others") {
  const Watchdog watchdog("futures under fire", 6 * patience);
  PoolThread pool;
  for (unsigned seed = 0; seed < (is_thread_sanitized ? 150 : 500); ++seed) {
    INFO(seed);
    Round(seed, pool).run();
  }
}
