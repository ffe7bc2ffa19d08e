#pragma once

#include "agent/agent_group.hpp"
#include "base/fork_detector.hpp"
#include "base/guarded.hpp"
#include "exchange/retry_budget.hpp"
#include "pool/admission.hpp"

#include <async_http_pool/configuration.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace async_http_pool {

/// Learns of the runs of a pool.
class AgentPoolListener {
 public:
  virtual ~AgentPoolListener() = default;
  /// A run begins: on the thread that starts, before there are agent threads.
  virtual void on_pool_starting() noexcept = 0;
  /// agent-thread. An agent ended by itself, and the pool stops; what the agent had was given back.
  virtual void on_agent_failed(std::string_view reason) noexcept = 0;
  /// The run is over, and nobody is counted: on the last agent's thread, just before the state says
  /// so.
  virtual void on_pool_stopping() noexcept = 0;
};

/// Agents, their threads and the places for requests: what the faces of the library share.
/// Held by whoever uses it and by the agent threads, which may outlive a face that is destroyed on
/// one of them. any-thread
class AgentPool final : public std::enable_shared_from_this<AgentPool>,
                        private Admission::IdleListener {
 public:
  /// Throws like `AgentGroup`.
  AgentPool(const Configuration& configuration, const AgentGroup::SelectorFactory& make_selector);
  ~AgentPool() = default;
  AgentPool(const AgentPool&) = delete;
  AgentPool& operator=(const AgentPool&) = delete;

  enum class StartResult { started, runs_already, refused };
  /// Not on an agent thread of its own. Refused while it drains or stops. `listener`, which may be
  /// null, is kept until the run is over. Throws `std::runtime_error` when the system refuses a
  /// thread, or an agent fails at once.
  StartResult start(const std::shared_ptr<AgentPoolListener>& listener);
  /// Returns whether it ran.
  bool drain() noexcept;
  /// Gives back what is not over in time, and waits for the threads. On an agent thread of its own
  /// it does not wait.
  void stop(std::chrono::milliseconds timeout);
  /// The same without waiting, on any thread.
  void ask_to_stop() noexcept;
  /// Lets the agent threads end by themselves: for a face that is destroyed on one of them.
  void detach_threads();

  /// Takes a place for a request; `transport` takes the request itself.
  [[nodiscard]] Admission::Entry enter() noexcept {
    if (is_forked()) return {Slot(), EnqueueResult::not_running};
    return admission_.enter();
  }
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds timeout);

  [[nodiscard]] Transport& transport() noexcept { return agents_; }
  [[nodiscard]] RetryBudget& retry_budget() noexcept { return retry_budget_; }
  [[nodiscard]] const Configuration& configuration() const noexcept { return configuration_; }

  // A forked child sees a pool that is stopped and empty: what the words say is the parent's.
  [[nodiscard]] ProcessorState state() const noexcept {
    return is_forked() ? ProcessorState::stopped : admission_.state();
  }
  [[nodiscard]] std::size_t total_count() const noexcept {
    return is_forked() ? 0 : admission_.count();
  }
  /// Whether this process is a fork of the one that the threads are in.
  [[nodiscard]] bool is_forked() const noexcept { return fork_detector_.is_forked(); }
  [[nodiscard]] bool is_on_agent_thread() const noexcept;
  /// Why an agent of this run ended by itself; empty when none did.
  [[nodiscard]] std::string failure() const {
    return failure_.with([](auto& text) { return text; });
  }

 private:
  void warn_of_dangers() const noexcept;
  void begin_stop(TimePoint deadline) noexcept;
  void spawn_threads(const std::shared_ptr<AgentPoolListener>& listener);
  void join_threads();
  void run_agent(std::size_t index, AgentPoolListener* listener) noexcept;
  void finish_stop(AgentPoolListener* listener) noexcept;
  void on_idle_while_stopping() noexcept override;

  const Configuration configuration_;
  const ForkDetector fork_detector_;
  Logger* const logger_;
  Admission admission_;
  RetryBudget retry_budget_;  // before what may hold requests
  AgentGroup agents_;
  std::atomic<std::size_t> running_agents_ = 0;
  std::atomic<bool> has_agent_failed_ = false;
  Guarded<std::string> failure_;

  // Held while threads are made and joined, so that start and stop come one after the other. Agent
  // threads take it only in detach_threads, when nobody else may use the pool any more.
  std::mutex threads_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace async_http_pool
