#pragma once

#include "base/guarded.hpp"
#include "base/intrusive_list.hpp"
#include "pool/agent_pool.hpp"
#include "processor/observer_list.hpp"
#include "processor/pending_task.hpp"

#include <async_http_pool/processor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// What a `Processor` is inside, but for its agents: tasks, observers, callbacks. Shared with the
/// agent threads: they may outlive a processor that is destroyed from inside a callback.
/// any-thread, like `Processor`
class Processor::Impl final : public std::enable_shared_from_this<Impl>,
                              private PendingTaskHost,
                              private AgentPoolListener {
 public:
  /// Throws like `AgentPool`.
  Impl(const Configuration& configuration, const AgentGroup::SelectorFactory& make_selector);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start();
  void drain() noexcept;
  [[nodiscard]] EnqueueResult try_enqueue(RequestTask& task);
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds timeout);
  void observe(std::shared_ptr<ProcessorObserver> observer);

  [[nodiscard]] const std::shared_ptr<AgentPool>& pool() const noexcept { return pool_; }
  [[nodiscard]] std::size_t inflight_count() const noexcept {
    return pool_->is_forked() ? 0 : inflight_count_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::vector<std::string> inflight_request_ids() const;

 private:
  // PendingTaskHost and AgentPoolListener
  void on_request_started(PendingTask& pending, const RequestTask& task) noexcept override;
  void on_request_ended(PendingTask& pending, const RequestTask& task) noexcept override;
  void on_request_failed(const RequestTask& task, const Error& error) noexcept override;
  void run_callback(const RequestTask& task, std::string_view name, Callback callback,
                    const void* outcome) noexcept override;
  void on_pool_starting() noexcept override { observers_.begin_run(); }
  void on_agent_failed(std::string_view reason) noexcept override;
  void on_pool_stopping() noexcept override;

  const std::shared_ptr<AgentPool> pool_;  // shared with its threads and with clients
  Logger* const logger_;                   // the configuration's, which the pool keeps
  ObserverList observers_;
  std::atomic<std::size_t> inflight_count_ = 0;
  mutable Guarded<IntrusiveList<PendingTask>> inflight_;  // for inflight_request_ids
};

}  // namespace async_http_pool
