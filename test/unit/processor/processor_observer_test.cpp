// Observers: what they are told, when, and what they may do.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/recording_logger.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Events = std::vector<std::string>;

/// Does the same in every member.
class MeddlingObserver final : public ProcessorObserver {
 public:
  explicit MeddlingObserver(std::function<void(const char*)> action) : action_(std::move(action)) {}
  void start() override { action_("start"); }
  void stop() override { action_("stop"); }
  void capacity_exceeded() override { action_("capacity_exceeded"); }
  void request_start(const RequestTask&) override { action_("request_start"); }
  void request_error(const Error&) override { action_("request_error"); }
  void request_end(const RequestTask&) override { action_("request_end"); }
  void slow_callback(const RequestTask&, std::chrono::nanoseconds) override {
    action_("slow_callback");
  }

 private:
  std::function<void(const char*)> action_;
};

/// Does something at each message.
class HookLogger final : public Logger {
 public:
  explicit HookLogger(std::function<void(std::string_view)> action) : action_(std::move(action)) {}
  [[nodiscard]] LogLevel level() const noexcept override { return LogLevel::info; }
  void log(LogLevel, std::string_view message) override { action_(message); }

 private:
  std::function<void(std::string_view)> action_;
};

RequestTask task_to(const std::string& url, std::shared_ptr<TaskHandler> handler,
                    std::string id = "") {
  return RequestTask(Request::get(url).build(), std::move(handler), "Observed", {},
                     {.raise_error_responses = true, .id = std::move(id)});
}

}  // namespace

TEST_CASE("Observers follow a request, its redirects and its error in order") {
  const Watchdog watchdog("the order of observation");
  DynamicServer server;
  auto observer = std::make_shared<RecordingObserver>();
  auto handler = std::make_shared<RecordingHandler>();
  Processor processor(test_configuration());
  processor.observe(observer);
  CHECK(observer->events().empty());
  processor.start();
  const auto [path, expected] = GENERATE(table<std::string, Events>({
      {"/status/200", {"start", "request_start r", "request_end r", "stop"}},
      {"/redirect/1",
       {"start", "request_start r", "request_end r", "request_start r/2", "request_end r/2",
        "stop"}},
      {"/status/404",
       {"start", "request_start r", "request_error http_error r", "request_end r", "stop"}},
  }));
  processor.enqueue(task_to(server.url(path), handler, "r"));
  CHECK(handler->wait_for(1));
  processor.stop(patience);
  CHECK(observer->events() == expected);
}

TEST_CASE("An attempt that is made again belongs to the same request for observers") {
  const Watchdog watchdog("observing retries");
  Descriptor nobody = reserve_port();
  auto observer = std::make_shared<RecordingObserver>();
  RunningProcessor processor(test_configuration().set_retries(3));
  processor->observe(observer);
  const auto handler = processor.begin(
      Request::get("http://127.0.0.1:" + std::to_string(local_port(nobody)) + "/").build(), {},
      {.id = "r"});
  CHECK(handler->outcome().is_error());
  processor->stop(patience);
  CHECK(observer->events() ==
        Events{"start", "request_start r", "request_error connection r", "request_end r", "stop"});
}

TEST_CASE("A task that is given back is ended for observers, without an error") {
  const Watchdog watchdog("observing what is given back");
  DynamicServer server;
  auto observer = std::make_shared<RecordingObserver>();
  RunningProcessor processor;
  processor->observe(observer);
  const auto handler = processor.begin(Request::get(server.url("/hold")).build(), {}, {.id = "r"});
  REQUIRE(server.wait_for_requests(1));
  processor->stop(0ms);
  CHECK(observer->events() == Events{"start", "request_start r", "request_end r", "stop"});
}

TEST_CASE("capacity_exceeded comes on the thread that enqueued, before it is told") {
  const Watchdog watchdog("observing capacity");
  DynamicServer server;
  std::thread::id told_on;
  std::atomic<int> told = 0;
  RunningProcessor processor(test_configuration().set_max_connections(1));
  processor->observe(std::make_shared<MeddlingObserver>([&](const char* event) {
    if (std::string_view(event) != "capacity_exceeded") return;
    told_on = std::this_thread::get_id();
    ++told;
  }));
  const auto held = processor.begin_get(server.url("/hold"));
  RequestTask refused = task_to(server.url("/hold"), std::make_shared<RecordingHandler>());
  CHECK(processor->try_enqueue(refused) == EnqueueResult::max_capacity);
  CHECK(told == 1);
  CHECK(told_on == std::this_thread::get_id());
  CHECK_THROWS_AS(processor->enqueue(std::move(refused)), MaxCapacityError);
  CHECK(told == 2);
}

TEST_CASE("An observer of a running processor is started at once, others with the processor") {
  const Watchdog watchdog("starting observers");
  auto early = std::make_shared<RecordingObserver>();
  auto late = std::make_shared<RecordingObserver>();
  Processor processor(test_configuration());
  processor.observe(early);
  CHECK(early->events().empty());
  processor.start();
  processor.observe(late);
  CHECK(late->events() == Events{"start"});
  CHECK(early->events() == Events{"start"});
  CHECK_THROWS_AS(processor.observe(late), std::invalid_argument);
  CHECK_THROWS_AS(processor.observe(nullptr), std::invalid_argument);
  processor.stop(0ms);
  processor.start();
  processor.stop(0ms);
  const Events twice = {"start", "stop", "start", "stop"};
  CHECK(early->events() == twice);
  CHECK(late->events() == twice);
}

TEST_CASE("An observer added between the start and its announcement is started once") {
  const Watchdog watchdog("observing a start");
  auto observer = std::make_shared<RecordingObserver>();
  Processor* starting = nullptr;
  const auto add = [&](std::string_view message) {
    if (message == "processor started") starting->observe(observer);
  };
  Processor processor(test_configuration().set_logger(std::make_shared<HookLogger>(add)));
  starting = &processor;
  processor.start();
  CHECK(observer->events() == Events{"start"});
  processor.stop(0ms);
  CHECK(observer->events() == Events{"start", "stop"});
}

TEST_CASE("Observers that throw are logged and disturb neither requests nor other observers") {
  const Watchdog watchdog("throwing observers");
  const bool is_exception = GENERATE(true, false);
  auto logger = std::make_shared<RecordingLogger>();
  auto after = std::make_shared<RecordingObserver>();
  DynamicServer server;
  Processor processor(
      test_configuration().set_logger(logger).set_max_connections(2).set_slow_callback_threshold(
          1ms));
  processor.observe(std::make_shared<MeddlingObserver>([is_exception](const char* event) {
    if (is_exception) throw std::runtime_error(event);
    throw 42;
  }));
  processor.observe(after);
  processor.start();
  auto handler = std::make_shared<RecordingHandler>();
  processor.enqueue(task_to(server.url("/status/404"), handler));
  CHECK(handler->wait_for(1));
  CHECK(processor.wait_until_idle(patience));
  processor.enqueue(task_to(server.url("/hold"), handler));
  processor.enqueue(task_to(server.url("/hold"), handler));
  CHECK_THROWS_AS(processor.enqueue(task_to(server.url("/hold"), handler)), MaxCapacityError);
  processor.stop(0ms);
  CHECK(processor.is_stopped());
  CHECK(handler->error_count() == 1);
  CHECK(handler->retry_count() == 2);
  for (const char* event :
       {"start", "stop", "capacity_exceeded", "request_start", "request_error", "request_end"}) {
    CHECK(after->count(event) > 0);
    if (is_exception) CHECK(logger->contains(std::string("error an observer threw: ") + event));
  }
  CHECK(logger->contains("an object that is no std::exception") != is_exception);
}

TEST_CASE("Observers may call the processor as callbacks do") {
  const Watchdog watchdog("meddling observers", 120s);
  const std::string where =
      GENERATE("start", "stop", "request_start", "request_error", "request_end");
  const std::string what = GENERATE("stop", "drain", "start", "enqueue", "observe", "destroy");
  CAPTURE(where, what);
  // In the two others the test's own thread is inside a member of the processor.
  const bool dies = what == "destroy" && where != "start" && where != "stop";
  DynamicServer server;
  auto record = std::make_shared<RecordingObserver>();
  auto handler = std::make_shared<RecordingHandler>();
  auto extra = std::make_shared<RecordingHandler>();
  auto processor = std::make_unique<Processor>(test_configuration());
  Processor& same = *processor;
  std::atomic<bool> was_done = false;
  std::atomic<bool> was_accepted = false;
  const auto meddle = [&](const char* event) {
    if (event != where || was_done.exchange(true)) return;
    if (what == "stop") same.stop(0ms);
    if (what == "drain") same.drain();
    if (what == "start") same.start();  // may throw, which is contained
    if (what == "observe") same.observe(std::make_shared<RecordingObserver>());
    if (dies) processor.reset();
    if (what == "enqueue") {
      same.enqueue(task_to(server.url("/status/200"), extra));
      was_accepted = true;
    }
  };
  same.observe(std::make_shared<MeddlingObserver>(meddle));
  same.observe(record);
  same.start();
  RequestTask task = task_to(server.url("/status/404"), handler);
  const bool is_enqueued = same.try_enqueue(task) == EnqueueResult::accepted;
  if (is_enqueued) CHECK(handler->wait_for(1));
  if (dies) {
    CHECK(record->wait_for("stop"));
  } else {
    same.stop(patience);
  }
  CHECK(was_done);
  CHECK(handler->outcomes().size() == (is_enqueued ? 1 : 0));
  CHECK(extra->outcomes().size() == (was_accepted ? 1 : 0));
  CHECK(record->count("request_start") == record->count("request_end"));
}
