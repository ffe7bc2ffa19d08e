// An agent's loop that ends by a failure of its own: no task may be lost, and all must know.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/outcome_ledger.hpp"
#include "support/recording_logger.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/watchdog.hpp"
#include "unit/pool/failing_selector.hpp"
#include "unit/processor/processor_access.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A processor whose selectors can be made to fail, and tasks in every condition.
class Patient {
 public:
  explicit Patient(int agents)
      : dropping_({expect_request(), half_close(), wait_for_peer_close()}),
        processor(
            ProcessorAccess::make(test_configuration()
                                      .set_agents(agents)
                                      .set_logger(logger)
                                      .set_request_timeout(100s)
                                      .set_retry_delay(60s),
                                  [this] { return std::make_unique<FailingSelector>(bomb); })) {
    processor->observe(observer);
    processor->start();
  }

  /// Tasks that are answered, held, redirected, and that wait for a retry. Some are refused when
  /// the agent dies early.
  void enqueue_all(int round) {
    for (const char* path : {"/status/200", "/hold", "/hold", "/redirect/2", "/status/200"})
      enqueue(server.url(path), path, round);
    for (int i = 0; i < 2; ++i) enqueue(dropping_.url(), "/drop", round);
  }

  void enqueue(const std::string& url, const std::string& name, int round) {
    const std::string id = name + "-" + std::to_string(round) + "-" + std::to_string(ids_.size());
    RequestTask task(Request::get(url).build(), ledger->handler(id), "Patient", {}, {.id = id});
    if (processor->try_enqueue(task) == EnqueueResult::accepted) ids_.push_back(id);
  }

  void begin_round() {
    ledger = OutcomeLedger::create();
    ids_.clear();
  }

  [[nodiscard]] std::string verdict() const { return ledger->check_exactly_once(ids_); }
  [[nodiscard]] const std::vector<std::string>& ids() const noexcept { return ids_; }

 private:
  ScriptedServer dropping_;
  std::vector<std::string> ids_;

 public:
  DynamicServer server;
  Bomb bomb;
  std::shared_ptr<RecordingLogger> logger = std::make_shared<RecordingLogger>();
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::shared_ptr<OutcomeLedger> ledger = OutcomeLedger::create();
  std::unique_ptr<Processor> processor;
};

}  // namespace

TEST_CASE("When its agent dies, a processor gives all tasks back, says why and stops") {
  const Watchdog watchdog("the death of an agent");
  Patient patient(GENERATE(1, 2));
  patient.enqueue(patient.server.url("/hold"), "/hold", 0);
  patient.enqueue(patient.server.url("/hold"), "/hold", 0);
  REQUIRE(patient.server.wait_for_requests(2));
  patient.bomb.arm(1);
  for (int i = 0; i < 3; ++i) patient.enqueue(patient.server.url("/hold"), "/late", 0);
  REQUIRE(eventually([&] { return patient.processor->is_stopped(); }));
  CHECK(patient.bomb.has_gone_off());
  CHECK(patient.verdict() == "");
  CHECK(patient.ledger->totals().given_back == patient.ids().size());
  CHECK(patient.processor->total_count() == 0);
  CHECK(patient.processor->inflight_request_ids().empty());
  CHECK(patient.logger->contains("error agent failed, stopping: the selector broke"));
  CHECK(patient.observer->count("agent_failed the selector broke") == 1);
  CHECK(patient.observer->events().back() == "stop");
  RequestTask task(Request::get(patient.server.url("/status/200")).build(),
                   patient.ledger->handler("refused"), "Patient");
  CHECK(patient.processor->try_enqueue(task) == EnqueueResult::not_running);

  patient.processor->start();
  auto handler = std::make_shared<RecordingHandler>();
  patient.processor->enqueue(
      RequestTask(Request::get(patient.server.url("/status/200")).build(), handler, "After"));
  CHECK(handler->outcome().status() == 200);
}

TEST_CASE("Whenever an agent dies, every accepted task ends once") {
  const Watchdog watchdog("deaths of agents at any time", 6 * patience);
  const int agents = GENERATE(1, 2);
  Patient patient(agents);
  constexpr int looks_max = 25;
  for (int looks = 1; looks <= looks_max; ++looks) {
    patient.begin_round();
    patient.bomb.arm(looks);
    patient.enqueue_all(looks);
    while (!patient.bomb.has_gone_off() && patient.processor->is_running()) {
      if (patient.processor->total_count() < 12)
        patient.enqueue(patient.server.url("/status/200"), "/more", looks);
      std::this_thread::yield();
    }
    REQUIRE(eventually([&] { return patient.processor->is_stopped(); }));
    REQUIRE(patient.verdict() == "");
    REQUIRE(patient.processor->total_count() == 0);
    REQUIRE(patient.processor->inflight_count() == 0);
    patient.processor->start();
  }
  CHECK(patient.observer->count("agent_failed") == looks_max);
  CHECK(patient.observer->count("request_start") == patient.observer->count("request_end"));
}

TEST_CASE("An agent that dies while the processor stops or drains ends the stop early") {
  const Watchdog watchdog("the death of an agent while stopping");
  const bool drains_first = GENERATE(true, false);
  Patient patient(GENERATE(1, 2));
  patient.enqueue(patient.server.url("/hold"), "/hold", 0);
  REQUIRE(patient.server.wait_for_requests(1));
  patient.bomb.arm(1);
  if (drains_first) patient.processor->drain();
  patient.processor->stop(10 * patience);
  CHECK(patient.processor->is_stopped());
  CHECK(patient.verdict() == "");
  CHECK(patient.ledger->totals().given_back == 1);
}

TEST_CASE("A selector that cannot be made is the constructor's failure") {
  CHECK_THROWS_AS(ProcessorAccess::make(test_configuration(),
                                        []() -> std::unique_ptr<Selector> {
                                          throw std::runtime_error("no selector today");
                                        }),
                  std::runtime_error);
}
