#include "pool/admission.hpp"

#include "support/catch.hpp"
#include "support/patience.hpp"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Keeps how many were counted each time it was told.
class CountingListener final : public Admission::IdleListener {
 public:
  explicit CountingListener(const Admission& admission) : admission_(admission) {}
  void on_idle_while_stopping() noexcept override { counts.push_back(admission_.count()); }
  std::vector<std::size_t> counts;

 private:
  const Admission& admission_;
};

void run(Admission& admission) {
  REQUIRE(admission.change_state(ProcessorState::stopped, ProcessorState::running));
}

}  // namespace

TEST_CASE("Only a running processor with room admits, and a place is given back by its slot") {
  Admission admission(1);
  CHECK(admission.enter().result == EnqueueResult::not_running);
  run(admission);
  {
    const Admission::Entry entry = admission.enter();
    CHECK(entry.result == EnqueueResult::accepted);
    CHECK(entry.slot);
    CHECK(admission.count() == 1);
    CHECK(admission.enter().result == EnqueueResult::max_capacity);
  }
  CHECK(admission.count() == 0);
  for (const ProcessorState state :
       {ProcessorState::draining, ProcessorState::stopping, ProcessorState::stopped}) {
    CHECK(admission.change_state(admission.state(), state));
    CHECK(admission.enter().result == EnqueueResult::not_running);
  }
}

TEST_CASE("A state is changed only from the one that was expected, and the count stays") {
  Admission admission(5);
  run(admission);
  const Admission::Entry entry = admission.enter();
  CHECK_FALSE(admission.change_state(ProcessorState::stopped, ProcessorState::starting));
  CHECK(admission.state() == ProcessorState::running);
  CHECK(admission.change_state(ProcessorState::running, ProcessorState::draining));
  CHECK(admission.count() == 1);
}

TEST_CASE("The listener hears of the last one while it is still counted, so that no stop is over") {
  Admission admission(5);
  CountingListener listener(admission);
  admission.set_idle_listener(&listener);
  run(admission);
  std::optional<Admission::Entry> first(admission.enter());
  std::optional<Admission::Entry> second(admission.enter());
  SECTION("while stopping") {
    admission.change_state(ProcessorState::running, ProcessorState::stopping);
    first.reset();
    CHECK(listener.counts.empty());
    second.reset();
    CHECK(listener.counts == std::vector<std::size_t>{1});
  }
  SECTION("in no other state") {
    first.reset();
    admission.change_state(ProcessorState::running, ProcessorState::draining);
    second.reset();
    CHECK(listener.counts.empty());
  }
  CHECK(admission.count() == 0);
}

TEST_CASE("All who wait for idleness are woken, others wait until their time is over") {
  Admission admission(5);
  run(admission);
  std::optional<Admission::Entry> entry(admission.enter());
  CHECK_FALSE(admission.wait_until_idle(SteadyClock::now()));
  CHECK_FALSE(admission.wait_until_idle(SteadyClock::now() + 5ms));
  std::atomic<int> woken = 0;
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back(
        [&] { woken += admission.wait_until_idle(SteadyClock::now() + patience) ? 1 : 0; });
  }
  CHECK_FALSE(admission.wait_until_idle(SteadyClock::now() + 5ms));  // does not end the others'
  entry.reset();
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(woken == 4);
  CHECK(admission.state() == ProcessorState::running);
}

TEST_CASE("Many threads never get more places than there are") {
  constexpr std::size_t places = 3;
  Admission admission(places);
  run(admission);
  std::atomic<std::size_t> inside = 0;
  std::atomic<int> violations = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) {
        const Admission::Entry entry = admission.enter();
        if (!entry.slot) continue;
        if (inside.fetch_add(1) >= places || admission.count() > places) ++violations;
        inside.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(violations == 0);
  CHECK(admission.count() == 0);
}
