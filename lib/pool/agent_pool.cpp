#include "pool/agent_pool.hpp"

#include "base/agent_thread.hpp"
#include "base/log.hpp"
#include "base/signal_block.hpp"
#include "mock/mock_access.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include <pthread.h>

namespace async_http_pool {

namespace {

/// Agrees with now and `TimePoint::max()` instead of overflowing.
TimePoint after(std::chrono::milliseconds timeout) noexcept {
  const TimePoint now = SteadyClock::now();
  if (timeout <= std::chrono::milliseconds(0)) return now;
  return timeout >= std::chrono::duration_cast<std::chrono::milliseconds>(TimePoint::max() - now)
             ? TimePoint::max()
             : now + timeout;
}

}  // namespace

AgentPool::AgentPool(const Configuration& configuration,
                     const AgentGroup::SelectorFactory& make_selector)
    : configuration_(configuration),
      logger_(configuration_.logger().get()),
      admission_(static_cast<std::size_t>(configuration_.max_connections())),
      retry_budget_({.percent = configuration_.client_config().retry_budget(),
                     .floor = configuration_.client_config().retry_budget_floor()}),
      agents_(configuration_, make_selector, transfer_double_of(configuration_)) {
  admission_.set_idle_listener(this);
  warn_of_dangers();
}

void AgentPool::warn_of_dangers() const noexcept {
  const RequestConfig& options = configuration_.request_config();
  const auto warn = [this](std::string_view option) {
    log_message(logger_, LogLevel::warn, "{} is set for all requests: servers are not verified",
                option);
  };
  if (*options.danger_accept_invalid_certs()) warn("danger_accept_invalid_certs");
  if (*options.danger_accept_invalid_hosts()) warn("danger_accept_invalid_hosts");
}

bool AgentPool::is_on_agent_thread() const noexcept { return agent_thread_owner() == this; }

AgentPool::StartResult AgentPool::start(const std::shared_ptr<AgentPoolListener>& listener) {
  // Before the lock too: while another thread stops, it is held until the pool is stopped.
  if (state() == ProcessorState::draining || state() == ProcessorState::stopping)
    return StartResult::refused;
  const std::lock_guard lock(threads_mutex_);
  if (state() == ProcessorState::running) return StartResult::runs_already;
  if (!admission_.change_state(ProcessorState::stopped, ProcessorState::starting))
    return StartResult::refused;
  join_threads();  // of an earlier run that was stopped from inside a callback, or by a failure
  agents_.reopen();
  has_agent_failed_.store(false);
  failure_.with([](auto& text) { text.clear(); });
  if (listener != nullptr) listener->on_pool_starting();
  try {
    spawn_threads(listener);
  } catch (...) {
    agents_.stop_at(TimePoint::min());
    join_threads();
    throw;
  }
  if (!admission_.change_state(ProcessorState::starting, ProcessorState::running)) {
    join_threads();
    throw std::runtime_error("cannot start: the agent failed at once, see the log");
  }
  if (has_agent_failed_.load())
    begin_stop(TimePoint::min());  // it failed before the state allowed it to say so
  return StartResult::started;
}

void AgentPool::spawn_threads(const std::shared_ptr<AgentPoolListener>& listener) {
  const SignalBlock block;
  running_agents_.store(agents_.size());
  for (std::size_t index = 0; index < agents_.size(); ++index) {
    try {
      threads_.emplace_back(
          [self = shared_from_this(), listener, index] { self->run_agent(index, listener.get()); });
    } catch (...) {
      const std::size_t missing = agents_.size() - index;
      if (running_agents_.fetch_sub(missing) == missing) finish_stop(listener.get());
      throw;
    }
  }
}

void AgentPool::join_threads() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void AgentPool::detach_threads() {
  const std::lock_guard lock(threads_mutex_);
  for (std::thread& thread : threads_) thread.detach();
  threads_.clear();
}

void AgentPool::run_agent(std::size_t index, AgentPoolListener* listener) noexcept {
  const AgentThreadMark mark(this);
#if defined(__linux__)
  pthread_setname_np(pthread_self(), ("ahp-agent-" + std::to_string(index)).c_str());
#endif
  // Before anything is given back: whoever is told then finds a pool that takes nothing more.
  const auto on_failure = [this](const std::string& reason) noexcept {
    log_message(logger_, LogLevel::error, "agent failed, stopping: {}", reason);
    failure_.with([copy = reason](auto& text) mutable { text = std::move(copy); });
    has_agent_failed_.store(true);
    begin_stop(TimePoint::min());
  };
  const std::optional<std::string> failure = agents_[index].run(on_failure);
  if (failure && listener != nullptr) listener->on_agent_failed(*failure);
  if (running_agents_.fetch_sub(1) == 1) finish_stop(listener);
}

bool AgentPool::drain() noexcept {
  return !is_forked() && admission_.change_state(ProcessorState::running, ProcessorState::draining);
}

void AgentPool::begin_stop(TimePoint deadline) noexcept {
  admission_.change_state(ProcessorState::running, ProcessorState::stopping);
  admission_.change_state(ProcessorState::draining, ProcessorState::stopping);
  if (state() != ProcessorState::stopping) return;
  agents_.stop_at(admission_.count() == 0 ? TimePoint::min() : deadline);
}

void AgentPool::on_idle_while_stopping() noexcept { agents_.stop_at(TimePoint::min()); }

void AgentPool::stop(std::chrono::milliseconds timeout) {
  if (is_forked()) return;
  const TimePoint deadline = after(timeout);
  begin_stop(deadline);  // also when another thread is at it: the earlier deadline counts
  if (is_on_agent_thread()) return;
  const std::lock_guard lock(threads_mutex_);  // a start under way comes to its end first
  begin_stop(deadline);
  join_threads();
}

void AgentPool::ask_to_stop() noexcept {
  if (!is_forked()) begin_stop(TimePoint::min());
}

void AgentPool::finish_stop(AgentPoolListener* listener) noexcept {
  // A thread may still be about to hand a request over, and to learn that it came too late: for as
  // long as it is, it counts. No more may come.
  admission_.change_state(ProcessorState::running, ProcessorState::stopping);
  static_cast<void>(admission_.wait_until_idle(TimePoint::max()));
  if (listener != nullptr) listener->on_pool_stopping();
  for (const ProcessorState from : {ProcessorState::stopping, ProcessorState::starting,
                                    ProcessorState::running, ProcessorState::draining}) {
    admission_.change_state(from, ProcessorState::stopped);
  }
}

bool AgentPool::wait_until_idle(std::chrono::milliseconds timeout) {
  return is_forked() || admission_.wait_until_idle(after(timeout));
}

}  // namespace async_http_pool
