// What an application may do inside its callbacks: everything but wait for itself.
#include "support/callback_handler.hpp"
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

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A processor, and a task that is in one of the three callbacks.
class Scene {
  const std::string kind_;
  Gate returned_;

 public:
  /// `action` runs inside the callback that `kind` names: "response", "error" or "retry".
  Scene(std::string kind, const std::function<void(Scene&)>& action)
      : kind_(std::move(kind)),
        processor(std::make_unique<Processor>(test_configuration())),
        handler_(std::make_shared<CallbackHandler>([this, action] {
          action(*this);
          returned_.open();
        })) {
    processor->start();
  }

  [[nodiscard]] RequestTask task(const std::string& path,
                                 std::shared_ptr<TaskHandler> handler) const {
    return RequestTask(Request::get(server.url(path)).build(), std::move(handler), "Scene", {},
                       {.raise_error_responses = true, .id = "scene"});
  }

  /// Brings it about; returns when the callback has. Nobody else is inside the processor then.
  void play() {
    const std::string path = kind_ == "response" ? "/status/200"
                             : kind_ == "error"  ? "/status/500"
                                                 : "/hold";
    processor->enqueue(task(path, handler_));
    if (is_retry()) {
      processor->enqueue(
          task("/status/200", std::make_shared<CallbackHandler>([this] { processor->stop(0ms); })));
    }
    REQUIRE(returned_.wait());
  }

  /// How often the callback was called, and that it was the right one.
  void check_called_once() const {
    const Outcome outcome = handler_->record().outcome(0ms);
    CHECK(outcome.is_response() == (kind_ == "response"));
    CHECK(outcome.is_error() == (kind_ == "error"));
    CHECK(outcome.is_retry() == is_retry());
  }

  [[nodiscard]] bool is_retry() const { return kind_ == "retry"; }

  DynamicServer server;
  std::unique_ptr<Processor> processor;
  std::shared_ptr<RecordingHandler> other = std::make_shared<RecordingHandler>();

 private:
  std::shared_ptr<CallbackHandler> handler_;
};

template <typename Exception>
bool throws(const std::function<void()>& action) {
  try {
    action();
  } catch (const Exception&) {
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("stop from inside a callback returns at once and the agent stops by itself") {
  const Watchdog watchdog("stop inside a callback");
  const std::string kind = GENERATE("response", "error", "retry");
  const auto timeout = GENERATE(0ms, 10ms, std::chrono::milliseconds(10 * patience));
  Scene scene(kind, [timeout](Scene& it) { it.processor->stop(timeout); });
  scene.play();
  CHECK(eventually([&] { return scene.processor->is_stopped(); }));
  scene.check_called_once();
  scene.processor->stop(0ms);
  scene.processor->start();
  scene.processor->enqueue(scene.task("/status/200", scene.other));
  CHECK(scene.other->outcome().status() == 200);
}

TEST_CASE("stop from inside a callback lets others end until the deadline, then gives them back") {
  const Watchdog watchdog("stop inside a callback, with others");
  const bool is_in_time = GENERATE(true, false);
  Scene scene("response", [is_in_time](Scene& it) {
    it.processor->enqueue(it.task("/hold", it.other));
    it.processor->stop(is_in_time ? std::chrono::milliseconds(patience) : 20ms);
    if (is_in_time) it.server.release();
  });
  scene.play();
  CHECK(scene.other->outcome().is_response() == is_in_time);
  CHECK(scene.other->outcome().is_retry() != is_in_time);
  CHECK(eventually([&] { return scene.processor->is_stopped(); }));
}

TEST_CASE("drain and start from inside a callback do what the state allows") {
  const Watchdog watchdog("drain and start inside a callback");
  const std::string kind = GENERATE("response", "error", "retry");
  std::atomic<bool> start_was_refused = false;
  std::atomic<bool> start_while_running_was_refused = false;
  Scene scene(kind, [&](Scene& it) {
    start_while_running_was_refused = throws<std::logic_error>([&] { it.processor->start(); });
    it.processor->drain();
    start_was_refused = throws<std::logic_error>([&] { it.processor->start(); });
  });
  scene.play();
  CHECK(start_was_refused);
  CHECK(start_while_running_was_refused == scene.is_retry());  // given back while stopping
  CHECK(scene.processor->wait_until_idle(patience));
  CHECK(eventually([&] {
    return scene.is_retry() ? scene.processor->is_stopped() : scene.processor->is_drained();
  }));
}

TEST_CASE("A callback may enqueue, and is told when it may not") {
  const Watchdog watchdog("enqueue inside a callback");
  const std::string kind = GENERATE("response", "error", "retry");
  std::string refusal;
  Scene scene(kind, [&](Scene& it) {
    try {
      it.processor->enqueue(it.task("/status/200", it.other));
    } catch (const NotRunningError& error) {
      refusal = error.what();
    }
  });
  scene.play();
  if (scene.is_retry()) {
    CHECK(refusal == "Cannot enqueue request: processor is stopping");
    CHECK(scene.other->outcomes().empty());
  } else {
    CHECK(refusal.empty());
    CHECK(scene.other->outcome().status() == 200);
  }
}

TEST_CASE("A task has its place until its callback returned") {
  const Watchdog watchdog("counts inside a callback");
  std::size_t count = 0;
  std::vector<std::string> ids;
  Scene scene("response", [&](Scene& it) {
    count = it.processor->total_count();
    ids = it.processor->inflight_request_ids();
  });
  scene.play();
  CHECK(count == 1);
  CHECK(ids == std::vector<std::string>{"scene"});
  CHECK(scene.processor->wait_until_idle(patience));
}

TEST_CASE("wait_until_idle from inside a callback is refused, as it would wait for itself") {
  const Watchdog watchdog("waiting inside a callback");
  const std::string kind = GENERATE("response", "error", "retry");
  bool was_refused = false;
  Scene scene(kind, [&](Scene& it) {
    was_refused = throws<std::logic_error>([&] { it.processor->wait_until_idle(patience); });
  });
  scene.play();
  CHECK(was_refused);
}

TEST_CASE("A processor can be destroyed from inside a callback, and nothing is lost") {
  const Watchdog watchdog("destruction inside a callback");
  const std::string kind = GENERATE("response", "error", "retry");
  Scene scene(kind, [](Scene& it) { it.processor.reset(); });
  auto observer = std::make_shared<RecordingObserver>();
  scene.processor->observe(observer);
  constexpr std::size_t others = 5;
  for (std::size_t i = 0; i < others; ++i)
    scene.processor->enqueue(scene.task("/hold", scene.other));
  scene.play();
  scene.check_called_once();
  CHECK(observer->wait_for("stop"));
  CHECK(scene.other->retry_count() == others);
  CHECK(scene.other->outcomes().size() == others);
  CHECK(scene.processor == nullptr);
}

TEST_CASE("A processor can be destroyed by the destructor of a handler") {
  const Watchdog watchdog("destruction by a handler's destructor");
  struct Owner final : TaskHandler {
    std::shared_ptr<Processor> processor;
    void on_complete(const Response&, std::string_view) override {}
    void on_error(const Error&, std::string_view) override {}
    void retry() override {}
  };
  DynamicServer server;
  auto observer = std::make_shared<RecordingObserver>();
  auto processor = std::make_shared<Processor>(test_configuration());
  processor->observe(observer);
  processor->start();
  auto owner = std::make_shared<Owner>();
  owner->processor = processor;
  Processor* const raw = processor.get();
  processor.reset();
  RequestTask task(Request::get(server.url("/hold")).build(), std::move(owner), "Owner");
  raw->enqueue(std::move(task));
  server.release();
  CHECK(observer->wait_for("stop"));
}

TEST_CASE("A callback that throws is logged and harms nobody") {
  const Watchdog watchdog("throwing callbacks");
  const std::string kind = GENERATE("response", "error", "retry");
  const bool is_exception = GENERATE(true, false);
  auto logger = std::make_shared<RecordingLogger>();
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_logger(logger));
  const auto thrower = std::make_shared<CallbackHandler>([is_exception] {
    if (is_exception) throw std::runtime_error("thrown on purpose");
    throw 42;
  });
  const std::string path =
      kind == "response" ? "/status/200" : (kind == "error" ? "/status/500" : "/hold");
  processor->enqueue(RequestTask(Request::get(server.url(path)).build(), thrower, "Thrower", {},
                                 {.raise_error_responses = true, .id = "thrower"}));
  const auto neighbour = processor.begin_get(server.url("/hold"));
  if (kind == "retry") processor->stop(0ms);
  CHECK(thrower->record().wait_for(1));
  server.release();
  CHECK(neighbour->outcome().is_retry() == (kind == "retry"));
  processor->stop(0ms);
  CHECK(thrower->record().outcomes().size() == 1);
  CHECK(processor->total_count() == 0);
  const std::string name =
      kind == "response" ? "on_complete" : (kind == "error" ? "on_error" : "retry");
  CHECK(logger->contains(
      "error " + name + " of request thrower threw: " +
      (is_exception ? "thrown on purpose\n" : "an object that is no std::exception\n")));
}

TEST_CASE("A callback that takes long is logged and observed, a quick one is not") {
  const Watchdog watchdog("slow callbacks");
  const auto busy_for = GENERATE(0ms, 60ms);
  auto logger = std::make_shared<RecordingLogger>();
  auto observer = std::make_shared<RecordingObserver>();
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_logger(logger).set_slow_callback_threshold(
      busy_for == 0ms ? std::chrono::milliseconds(patience) : 1ms));
  processor->observe(observer);
  const auto slow = std::make_shared<CallbackHandler>([busy_for] {
    const auto end = Clock::now() + busy_for;
    while (Clock::now() < end) {
    }
  });
  processor->enqueue(RequestTask(Request::get(server.url("/status/200")).build(), slow, "Slow", {},
                                 {.id = "slow"}));
  CHECK(slow->record().wait_for(1));
  processor->stop(patience);
  CHECK(observer->count("slow_callback slow") == (busy_for == 0ms ? 0 : 1));
  CHECK(logger->contains("warn on_complete of request slow held the agent up for ") ==
        (busy_for != 0ms));
}
