#pragma once

#include "agent/agent_group.hpp"
#include "base/fork_detector.hpp"
#include "base/guarded.hpp"
#include "base/intrusive_list.hpp"
#include "processor/admission.hpp"
#include "processor/observer_list.hpp"
#include "processor/pending_task.hpp"

#include <async_http_pool/processor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace async_http_pool {

/// What a `Processor` is inside. Shared with its agent threads: they may outlive a processor that
/// is destroyed from inside a callback. any-thread, like `Processor`
class Processor::Impl final : public std::enable_shared_from_this<Impl>,
                              private PendingTaskHost,
                              private Admission::IdleListener {
 public:
  /// Throws like `AgentGroup`.
  Impl(const Configuration& configuration, const AgentGroup::SelectorFactory& make_selector);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start();
  void drain() noexcept;
  void stop(std::chrono::milliseconds timeout);
  [[nodiscard]] EnqueueResult try_enqueue(RequestTask& task);
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds timeout);
  void observe(std::shared_ptr<ProcessorObserver> observer);
  /// Lets the agent threads end by themselves: for a processor that is destroyed on one of them.
  void detach_threads();

  [[nodiscard]] const Configuration& configuration() const noexcept { return configuration_; }
  // A forked child sees a processor that is stopped and empty: what the words say is the parent's.
  [[nodiscard]] ProcessorState state() const noexcept {
    return is_forked() ? ProcessorState::stopped : admission_.state();
  }
  [[nodiscard]] std::size_t total_count() const noexcept {
    return is_forked() ? 0 : admission_.count();
  }
  [[nodiscard]] std::size_t inflight_count() const noexcept {
    return is_forked() ? 0 : inflight_count_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::vector<std::string> inflight_request_ids() const;
  /// Whether this process is a fork of the one that the threads are in.
  [[nodiscard]] bool is_forked() const noexcept { return fork_detector_.is_forked(); }
  [[nodiscard]] bool is_on_agent_thread() const noexcept;

 private:
  void warn_of_dangers() const noexcept;
  void begin_stop(TimePoint deadline) noexcept;
  /// Returns whether it did: not when they run already.
  [[nodiscard]] bool start_threads();
  void spawn_threads();
  void join_threads();
  void run_agent(std::size_t index) noexcept;
  void finish_stop() noexcept;

  // PendingTaskHost and Admission::IdleListener
  void on_request_started(PendingTask& pending, const RequestTask& task) noexcept override;
  void on_request_ended(PendingTask& pending, const RequestTask& task) noexcept override;
  void on_request_failed(const RequestTask& task, const Error& error) noexcept override;
  void run_callback(const RequestTask& task, std::string_view name, Callback callback,
                    const void* outcome) noexcept override;
  void on_idle_while_stopping() noexcept override;

  const Configuration configuration_;
  const ForkDetector fork_detector_;
  Logger* const logger_;
  ObserverList observers_;
  Admission admission_;
  RetryBudget retry_budget_;  // before what may hold tasks
  AgentGroup agents_;
  std::atomic<std::size_t> inflight_count_ = 0;
  mutable Guarded<IntrusiveList<PendingTask>> inflight_;  // for inflight_request_ids
  std::atomic<std::size_t> running_agents_ = 0;
  std::atomic<bool> has_agent_failed_ = false;

  // Held while threads are made and joined, so that start and stop come one after the other. Agent
  // threads take it only in detach_threads, when nobody else may use the processor any more.
  std::mutex threads_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace async_http_pool
