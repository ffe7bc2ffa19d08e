#include "processor/observer_list.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/recording_logger.hpp"
#include "support/recording_observer.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using test::RecordingLogger;
using test::RecordingObserver;
using Events = std::vector<std::string>;

class ThrowingObserver final : public ProcessorObserver {
 public:
  void start() override { throw std::runtime_error("broken observer"); }
  void stop() override { throw 7; }
};

/// Adds another observer while it is told something.
class AddingObserver final : public ProcessorObserver {
 public:
  AddingObserver(ObserverList& list, std::shared_ptr<ProcessorObserver> other)
      : list_(list), other_(std::move(other)) {}
  void capacity_exceeded() override {
    if (other_ != nullptr) list_.add(std::move(other_));
  }

 private:
  ObserverList& list_;
  std::shared_ptr<ProcessorObserver> other_;
};

TEST_CASE("all observers are told, with the arguments") {
  ObserverList list(nullptr);
  const auto first = std::make_shared<RecordingObserver>();
  const auto second = std::make_shared<RecordingObserver>();
  list.tell(&ProcessorObserver::capacity_exceeded);  // nobody listens
  list.add(first);
  list.add(second);
  list.tell(&ProcessorObserver::agent_failed, std::string_view("why"));
  CHECK(first->events() == Events{"agent_failed why"});
  CHECK(second->events() == Events{"agent_failed why"});
}

TEST_CASE("an observer that is null or there already is refused, and the list stays as it is") {
  ObserverList list(nullptr);
  const auto observer = std::make_shared<RecordingObserver>();
  list.add(observer);
  CHECK(refusal_of([&] { return list.add(nullptr); }) == "observer is required, got: null");
  CHECK(refusal_of([&] { return list.add(observer); }) == "observer was added already");
  list.tell(&ProcessorObserver::capacity_exceeded);
  CHECK(observer->events() == Events{"capacity_exceeded"});
}

TEST_CASE("what an observer throws is logged, and the others are told all the same") {
  RecordingLogger logger;
  ObserverList list(&logger);
  const auto after = std::make_shared<RecordingObserver>();
  list.add(std::make_shared<ThrowingObserver>());
  list.add(after);
  list.tell(&ProcessorObserver::start);
  list.tell(&ProcessorObserver::stop);
  CHECK(after->events() == Events{"start", "stop"});
  CHECK(logger.text() ==
        "error an observer threw: broken observer\n"
        "error an observer threw: an object that is no std::exception\n");
}

TEST_CASE("an observer may throw where nobody logs") {
  ObserverList list(nullptr);
  list.add(std::make_shared<ThrowingObserver>());
  list.tell(&ProcessorObserver::start);
  list.begin_run();
  list.tell_start();
  list.tell_stop();
}

TEST_CASE("an observer that is added while others are told hears of what comes next") {
  ObserverList list(nullptr);
  const auto late = std::make_shared<RecordingObserver>();
  const auto last = std::make_shared<RecordingObserver>();
  list.add(std::make_shared<AddingObserver>(list, late));
  list.add(last);
  list.tell(&ProcessorObserver::capacity_exceeded);
  CHECK(late->events().empty());
  list.tell(&ProcessorObserver::capacity_exceeded);
  CHECK(late->events() == Events{"capacity_exceeded"});
  CHECK(last->events().size() == 2);
}

TEST_CASE("an observer hears of starts and stops in turn, whenever it was added") {
  ObserverList list(nullptr);
  const auto early = std::make_shared<RecordingObserver>();
  const auto late = std::make_shared<RecordingObserver>();
  list.add(early);
  list.begin_run();
  list.tell_start();
  list.add(late);
  CHECK(late->events() == Events{"start"});
  list.tell_stop();
  const auto idle = std::make_shared<RecordingObserver>();
  list.add(idle);
  CHECK(idle->events().empty());
  list.begin_run();
  list.tell_start();
  CHECK(early->events() == Events{"start", "stop", "start"});
  CHECK(late->events() == Events{"start", "stop", "start"});
}

TEST_CASE("nobody hears of a run that ended before its start was told") {
  ObserverList list(nullptr);
  const auto observer = std::make_shared<RecordingObserver>();
  list.add(observer);
  list.begin_run();
  list.tell_stop();
  list.tell_start();
  CHECK(observer->events().empty());
}

/// Is told of the end of the run while it hears of its start.
class EndingObserver final : public ProcessorObserver {
 public:
  explicit EndingObserver(ObserverList& list) : list_(list) {}
  void start() override {
    list_.tell_stop();
    events_.emplace_back("start");
  }
  void stop() override { events_.emplace_back("stop"); }
  [[nodiscard]] const Events& events() const { return events_; }

 private:
  ObserverList& list_;
  Events events_;
};

TEST_CASE("a stop that comes while the start is told is told after it") {
  ObserverList list(nullptr);
  const auto observer = std::make_shared<EndingObserver>(list);
  list.add(observer);
  list.begin_run();
  list.tell_start();
  CHECK(observer->events() == Events{"start", "stop"});
}

TEST_CASE("starts and stops told by two threads alternate for each observer") {
  ObserverList list(nullptr);
  const auto observer = std::make_shared<RecordingObserver>();
  list.add(observer);
  const auto start_and_stop = [&list] {
    for (int i = 0; i < 2000; ++i) {
      list.begin_run();
      list.tell_start();
      list.tell_stop();
    }
  };
  std::thread other(start_and_stop);
  start_and_stop();
  other.join();
  list.tell_stop();
  const Events events = observer->events();
  CHECK(events.size() % 2 == 0);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i] != (i % 2 == 0 ? "start" : "stop")) FAIL("out of turn: event " << i);
  }
}

TEST_CASE("a list keeps its observers alive") {
  std::weak_ptr<RecordingObserver> weak;
  {
    ObserverList list(nullptr);
    auto observer = std::make_shared<RecordingObserver>();
    weak = observer;
    list.add(std::move(observer));
    CHECK_FALSE(weak.expired());
  }
  CHECK(weak.expired());
}

}  // namespace
}  // namespace async_http_pool
