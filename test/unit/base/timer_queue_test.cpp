#include "base/timer_queue.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TimePoint at(int milliseconds) { return TimePoint(std::chrono::milliseconds(milliseconds)); }

/// Keeps when it was due, and does what a test wants it to do then.
class TestTimer final : public Timer {
 public:
  explicit TestTimer(std::vector<int>& log, int number = 0) : log_(log), number_(number) {}
  void on_due() override {
    REQUIRE_FALSE(is_scheduled());
    log_.push_back(number_);
    if (action) action();
  }
  std::function<void()> action;

 private:
  std::vector<int>& log_;
  const int number_;
};

TEST_CASE("timers come due soonest first, and none before its time") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer timers[] = {TestTimer(log, 0), TestTimer(log, 1), TestTimer(log, 2)};
  CHECK_FALSE(queue.next_due());
  queue.schedule(timers[0], at(30));
  queue.schedule(timers[1], at(10));
  queue.schedule(timers[2], at(20));
  CHECK(queue.next_due() == at(10));
  queue.run_due(at(9));
  CHECK(log.empty());
  queue.run_due(at(20));
  CHECK(log == std::vector<int>{1, 2});
  CHECK(queue.size() == 1);
  CHECK(timers[0].is_scheduled());
  queue.run_due(TimePoint::max());
  CHECK(log == std::vector<int>{1, 2, 0});
  CHECK_FALSE(queue.next_due());
}

TEST_CASE("all timers of one instant come due, each once") {
  std::vector<int> log;
  TimerQueue queue;
  std::deque<TestTimer> timers;
  std::vector<int> expected;
  for (int i = 0; i < 50; ++i) {
    timers.emplace_back(log, i);
    expected.push_back(i);
    queue.schedule(timers.back(), at(5));
  }
  queue.run_due(at(4));
  REQUIRE(log.empty());
  queue.run_due(at(5));
  std::ranges::sort(log);
  CHECK(log == expected);
  CHECK(queue.size() == 0);
}

TEST_CASE("a timer can be moved sooner, later and to where it is") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer moved(log, 1);
  TestTimer other(log, 2);
  queue.schedule(other, at(20));
  queue.schedule(moved, at(30));
  queue.schedule(moved, at(10));
  CHECK(queue.next_due() == at(10));
  queue.schedule(moved, at(10));
  queue.schedule(moved, at(40));
  CHECK(queue.next_due() == at(20));
  CHECK(queue.size() == 2);
  queue.run_due(at(40));
  CHECK(log == std::vector<int>{2, 1});
}

TEST_CASE(
    "a cancelled timer never comes due, and cancelling one that is not scheduled is nothing") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer timer(log);
  queue.cancel(timer);
  queue.schedule(timer, at(1));
  queue.cancel(timer);
  queue.cancel(timer);
  CHECK_FALSE(timer.is_scheduled());
  queue.run_due(at(1));
  CHECK(log.empty());
  CHECK(queue.size() == 0);
}

TEST_CASE("a timer that comes due may cancel one that is due at the same time") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer first(log, 1);
  TestTimer second(log, 2);
  TestTimer third(log, 3);
  first.action = [&] { queue.cancel(second); };
  queue.schedule(first, at(1));
  queue.schedule(second, at(2));
  queue.schedule(third, at(3));
  queue.run_due(at(3));
  CHECK(log == std::vector<int>{1, 3});
}

TEST_CASE(
    "a timer that comes due may schedule itself and others, to be due at once or after that") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer again(log, 1);
  TestTimer other(log, 2);
  again.action = [&] {
    queue.schedule(again, log.size() < 3 ? at(5) : at(11));
    if (log.size() == 1) queue.schedule(other, at(7));
  };
  queue.schedule(again, at(5));
  queue.run_due(at(10));
  CHECK(log == std::vector<int>{1, 1, 1, 2});  // soonest first, also among the new ones
  CHECK(queue.next_due() == at(11));
  queue.cancel(again);
}

TEST_CASE("what a timer throws reaches the caller, and the others stay") {
  std::vector<int> log;
  TimerQueue queue;
  TestTimer first(log, 1);
  TestTimer second(log, 2);
  first.action = [] { throw 1; };
  queue.schedule(first, at(1));
  queue.schedule(second, at(2));
  CHECK_THROWS_AS(queue.run_due(at(2)), int);
  CHECK_FALSE(first.is_scheduled());
  queue.run_due(at(2));
  CHECK(log == std::vector<int>{1, 2});
}

/// A queue and a model of it, driven by the same random steps.
class Comparison {
 public:
  explicit Comparison(unsigned seed) : random_(seed) {
    for (int i = 0; i < timer_count; ++i) timers_.emplace_back(log_, i);
    due_of_.resize(timer_count);
  }

  void step() {
    const int number = below(timer_count);
    switch (below(8)) {
      case 0:
      case 1:
        queue_.cancel(timer(number));
        forget(number);
        break;
      case 2:
        run_due();
        break;
      default:
        const TimePoint due = now_ + std::chrono::milliseconds(below(40) - 3);  // many are equal
        queue_.schedule(timer(number), due);
        forget(number);
        due_of_[static_cast<std::size_t>(number)] = model_.emplace(due, number);
    }
    REQUIRE(queue_.size() == model_.size());
    REQUIRE(queue_.next_due() ==
            (model_.empty() ? std::nullopt : std::optional(model_.begin()->first)));
    REQUIRE(timer(number).is_scheduled() == due_of_[static_cast<std::size_t>(number)].has_value());
  }

 private:
  using Model = std::multimap<TimePoint, int>;
  static constexpr int timer_count = 60;

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  TestTimer& timer(int number) { return timers_[static_cast<std::size_t>(number)]; }
  void forget(int number) {
    auto& place = due_of_[static_cast<std::size_t>(number)];
    if (place) model_.erase(*place);
    place.reset();
  }
  void run_due() {
    now_ += std::chrono::milliseconds(below(12));
    log_.clear();
    std::vector<TimePoint> times;
    std::map<int, TimePoint> time_of;
    std::vector<int> expected;
    while (!model_.empty() && model_.begin()->first <= now_) {
      const auto [due, number] = *model_.begin();
      times.push_back(due);
      time_of[number] = due;
      expected.push_back(number);
      forget(number);
    }
    queue_.run_due(now_);
    std::vector<TimePoint> run_times;
    for (const int number : log_) run_times.push_back(time_of.at(number));
    REQUIRE(run_times == times);  // the order of equal ones is free
    std::ranges::sort(expected);
    std::ranges::sort(log_);
    REQUIRE(log_ == expected);
  }

  std::mt19937 random_;
  TimePoint now_ = at(0);
  std::vector<int> log_;
  std::deque<TestTimer> timers_;
  TimerQueue queue_;
  Model model_;
  std::vector<std::optional<Model::iterator>> due_of_;
};

TEST_CASE("a timer queue does what a sorted map does, whatever the order of calls") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    Comparison comparison(seed);
    for (int i = 0; i < 2000; ++i) comparison.step();
  }
}

}  // namespace
}  // namespace async_http_pool
