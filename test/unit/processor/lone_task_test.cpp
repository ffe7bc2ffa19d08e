// What becomes of a task on the calling thread when the library itself fails.
#include "processor/lone_task.hpp"
#include "agent/selector_factory.hpp"
#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Fails at the look that `looks_left` says.
class FrailSelector final : public Selector {
 public:
  explicit FrailSelector(int looks_left)
      : looks_left_(looks_left), real_(make_selector(selector_from_environment())) {}
  void await(int fd, Readiness wanted, Company company) override {
    real_->await(fd, wanted, company);
  }
  void forget(int fd) noexcept override { real_->forget(fd); }
  void abandon(int fd) noexcept override { real_->abandon(fd); }
  [[nodiscard]] std::span<curl_waitfd> waitables() override {
    look();
    return real_->waitables();
  }
  [[nodiscard]] std::span<const Event> ready(Company company) override {
    look();
    return real_->ready(company);
  }
  [[nodiscard]] bool has_more() const noexcept override { return real_->has_more(); }

 private:
  void look() {
    if (--looks_left_ == 0) throw std::runtime_error("the selector broke");
  }

  int looks_left_;
  std::unique_ptr<Selector> real_;
};

}  // namespace

TEST_CASE("Whenever its agent dies, a lone task has an outcome that says why") {
  const Watchdog watchdog("the deaths of agents of lone tasks");
  DynamicServer server;
  const Configuration configuration = test_configuration();
  const auto handler = std::make_shared<RecordingHandler>();
  const RequestTask task(Request::post(server.url("/redirect/2")).body("x").build(), handler,
                         "TestCallback", {{"k", 1}}, {.raise_error_responses = {}, .id = "id"});
  RetryBudget retry_budget({.percent = 100, .floor = 100});
  int deaths = 0;
  for (int looks = 1; looks <= 40; ++looks) {
    INFO(looks);
    LoneTask lone(task, configuration, retry_budget, std::make_unique<FrailSelector>(looks));
    const TaskOutcome outcome = lone.run();
    if (const Response* response = outcome.response()) {
      CHECK(response->body() == "arrived");
      continue;
    }
    ++deaths;
    const auto* error = dynamic_cast<const RequestError*>(outcome.error());
    REQUIRE(error != nullptr);
    CHECK(error->message() == "agent failed: the selector broke");
    CHECK(error->error_type() == ErrorType::unknown);
    CHECK(error->code() == ErrorCode::internal);
    CHECK(error->request_id().substr(0, 2) == "id");
    CHECK(error->callback_args() == CallbackArgs{{"k", 1}});
  }
  CHECK(deaths > 3);
  CHECK(handler->outcomes().empty());  // the executor's part
}

TEST_CASE("An executor refuses any agent thread, and tells nobody") {
  const auto handler = std::make_shared<RecordingHandler>();
  SynchronousExecutor executor(test_configuration());
  const AgentThreadMark mark(&executor);
  CHECK_THROWS_AS(
      executor.call(RequestTask(Request::get("http://127.0.0.1:1/").build(), handler, "x")),
      std::logic_error);
  CHECK(handler->outcomes().empty());
}
