#include <async_http_pool/synchronous_executor.hpp>

#include "agent/selector_factory.hpp"
#include "base/agent_thread.hpp"
#include "base/sigpipe_block.hpp"
#include "processor/lone_task.hpp"
#include "request/silent_handler.hpp"

#include <stdexcept>
#include <utility>

namespace async_http_pool {

namespace {

/// Says that something is under way for as long as it lives.
class UnderWay {
 public:
  explicit UnderWay(bool& flag) noexcept : flag_(flag) { flag_ = true; }
  ~UnderWay() { flag_ = false; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  bool& flag_;
};

}  // namespace

class SynchronousExecutor::Impl {
 public:
  Impl(const Configuration& configuration, Hooks hooks)
      : configuration_(configuration),
        hooks_(std::move(hooks)),
        retry_budget_({.percent = configuration_.client_config().retry_budget(),
                       .floor = configuration_.client_config().retry_budget_floor()}) {}

  TaskOutcome call(RequestTask task) {
    refuse_on_agent_thread("SynchronousExecutor::call");
    if (is_calling_) {
      throw std::logic_error(
          "SynchronousExecutor::call was called from inside a hook or handler of the same "
          "executor");
    }
    const UnderWay call(is_calling_);
    // Kept apart from the task that runs: what a handler does happens when no agent is left.
    const std::shared_ptr<TaskHandler> handler = task.handler();
    const std::string callback = task.callback();
    TaskOutcome outcome = run(std::move(task));
    tell(outcome, *handler, callback);
    return outcome;
  }

 private:
  [[nodiscard]] TaskOutcome run(RequestTask task) {
    // CURLOPT_NOSIGNAL leaves it to us, and this thread is the application's.
    const SigpipeBlock block;
    return LoneTask(std::move(task), configuration_, retry_budget_,
                    make_selector(configuration_.selector()))
        .run();
  }

  void tell(const TaskOutcome& outcome, TaskHandler& handler, const std::string& callback) const {
    if (const Response* response = outcome.response()) {
      if (hooks_.on_complete) hooks_.on_complete(*response);
      handler.on_complete(*response, callback);
    } else {
      if (hooks_.on_error) hooks_.on_error(*outcome.error());
      handler.on_error(*outcome.error(), callback);
    }
  }

  const Configuration configuration_;
  const Hooks hooks_;
  RetryBudget retry_budget_;
  bool is_calling_ = false;
};

SynchronousExecutor::SynchronousExecutor(const Configuration& configuration)
    : SynchronousExecutor(configuration, Hooks()) {}

SynchronousExecutor::SynchronousExecutor(const Configuration& configuration, Hooks hooks)
    : impl_(std::make_unique<Impl>(configuration, std::move(hooks))) {}

SynchronousExecutor::~SynchronousExecutor() = default;
SynchronousExecutor::SynchronousExecutor(SynchronousExecutor&&) noexcept = default;
SynchronousExecutor& SynchronousExecutor::operator=(SynchronousExecutor&&) noexcept = default;

TaskOutcome SynchronousExecutor::call(RequestTask task) { return impl_->call(std::move(task)); }

TaskOutcome SynchronousExecutor::call(Request request) {
  return impl_->call(RequestTask(std::move(request), std::make_shared<SilentHandler>(), "call"));
}

}  // namespace async_http_pool
