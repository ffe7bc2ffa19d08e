#include "processor/processor_impl.hpp"

#include "base/agent_thread.hpp"
#include "base/log.hpp"
#include "base/signal_block.hpp"
#include "http/url.hpp"
#include "processor/exception_text.hpp"
#include "request/task_access.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
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

double milliseconds(std::chrono::nanoseconds duration) noexcept {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Processor::Impl::Impl(const Configuration& configuration,
                      const AgentGroup::SelectorFactory& make_selector)
    : configuration_(configuration),
      logger_(configuration_.logger().get()),
      observers_(logger_),
      admission_(static_cast<std::size_t>(configuration_.max_connections())),
      retry_budget_({.percent = configuration_.client_config().retry_budget(),
                     .floor = configuration_.client_config().retry_budget_floor()}),
      agents_(configuration_, make_selector) {
  admission_.set_idle_listener(this);
  warn_of_dangers();
}

void Processor::Impl::warn_of_dangers() const noexcept {
  const RequestConfig& options = configuration_.request_config();
  const auto warn = [this](std::string_view option) {
    log_message(logger_, LogLevel::warn, "{} is set for all requests: servers are not verified",
                option);
  };
  if (*options.danger_accept_invalid_certs()) warn("danger_accept_invalid_certs");
  if (*options.danger_accept_invalid_hosts()) warn("danger_accept_invalid_hosts");
}

bool Processor::Impl::is_on_agent_thread() const noexcept { return agent_thread_owner() == this; }

// --- Start and stop ---

void Processor::Impl::start() {
  if (is_forked())
    throw std::logic_error("cannot start: the process was forked after the processor was made");
  if (is_on_agent_thread()) {
    if (state() == ProcessorState::running) return;
    throw std::logic_error(
        fmt::format("cannot start from inside a callback: processor is {}", to_string(state())));
  }
  // Before the lock too: while another thread stops, it is held until the processor is stopped.
  if (state() == ProcessorState::draining || state() == ProcessorState::stopping)
    throw std::logic_error(fmt::format("cannot start: processor is {}", to_string(state())));
  if (!start_threads()) return;
  log_message(logger_, LogLevel::info, "processor started");
  observers_.tell_start();
}

bool Processor::Impl::start_threads() {
  const std::lock_guard lock(threads_mutex_);
  if (state() == ProcessorState::running) return false;
  if (!admission_.change_state(ProcessorState::stopped, ProcessorState::starting)) {
    throw std::logic_error(fmt::format("cannot start: processor is {}", to_string(state())));
  }
  join_threads();  // of an earlier run that was stopped from inside a callback, or by a failure
  agents_.reopen();
  has_agent_failed_.store(false);
  observers_.begin_run();
  try {
    spawn_threads();
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
  return true;
}

void Processor::Impl::spawn_threads() {
  const SignalBlock block;
  running_agents_.store(agents_.size());
  for (std::size_t index = 0; index < agents_.size(); ++index) {
    try {
      threads_.emplace_back([self = shared_from_this(), index] { self->run_agent(index); });
    } catch (...) {
      const std::size_t missing = agents_.size() - index;
      if (running_agents_.fetch_sub(missing) == missing) finish_stop();
      throw;
    }
  }
}

void Processor::Impl::join_threads() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Processor::Impl::detach_threads() {
  const std::lock_guard lock(threads_mutex_);
  for (std::thread& thread : threads_) thread.detach();
  threads_.clear();
}

void Processor::Impl::run_agent(std::size_t index) noexcept {
  const AgentThreadMark mark(this);
#if defined(__linux__)
  pthread_setname_np(pthread_self(), ("ahp-agent-" + std::to_string(index)).c_str());
#endif
  if (const std::optional<std::string> failure = agents_[index].run()) {
    log_message(logger_, LogLevel::error, "agent failed, stopping: {}", *failure);
    has_agent_failed_.store(true);
    begin_stop(TimePoint::min());
    observers_.tell(&ProcessorObserver::agent_failed, std::string_view(*failure));
  }
  if (running_agents_.fetch_sub(1) == 1) finish_stop();
}

void Processor::Impl::drain() noexcept {
  if (is_forked()) return;
  if (admission_.change_state(ProcessorState::running, ProcessorState::draining))
    log_message(logger_, LogLevel::info, "processor draining");
}

void Processor::Impl::begin_stop(TimePoint deadline) noexcept {
  admission_.change_state(ProcessorState::running, ProcessorState::stopping);
  admission_.change_state(ProcessorState::draining, ProcessorState::stopping);
  if (state() != ProcessorState::stopping) return;
  agents_.stop_at(admission_.count() == 0 ? TimePoint::min() : deadline);
}

void Processor::Impl::on_idle_while_stopping() noexcept { agents_.stop_at(TimePoint::min()); }

void Processor::Impl::stop(std::chrono::milliseconds timeout) {
  if (is_forked()) return;
  const TimePoint deadline = after(timeout);
  if (is_on_agent_thread()) {
    begin_stop(deadline);
    return;
  }
  begin_stop(deadline);  // also when another thread is at it: the earlier deadline counts
  const std::lock_guard lock(threads_mutex_);  // a start under way comes to its end first
  begin_stop(deadline);
  join_threads();
}

void Processor::Impl::finish_stop() noexcept {
  // A thread may still be inside try_enqueue, about to learn that it came too late: for as long as
  // it is, it counts. No more may come.
  admission_.change_state(ProcessorState::running, ProcessorState::stopping);
  static_cast<void>(admission_.wait_until_idle(TimePoint::max()));
  log_message(logger_, LogLevel::info, "processor stopped");
  observers_.tell_stop();
  for (const ProcessorState from : {ProcessorState::stopping, ProcessorState::starting,
                                    ProcessorState::running, ProcessorState::draining}) {
    admission_.change_state(from, ProcessorState::stopped);
  }
}

// --- Tasks ---

EnqueueResult Processor::Impl::try_enqueue(RequestTask& task) {
  if (is_forked()) return EnqueueResult::not_running;
  Admission::Entry entry = admission_.enter();
  if (!entry.slot) {
    if (entry.result == EnqueueResult::max_capacity)
      observers_.tell(&ProcessorObserver::capacity_exceeded);
    return entry.result;
  }
  TaskAccess::mark_enqueued(task);
  auto pending =
      std::make_unique<PendingTask>(static_cast<PendingTaskHost&>(*this), std::move(entry.slot),
                                    std::move(task), configuration_, agents_, retry_budget_);
  bool is_posted = false;
  try {
    is_posted = pending->start();
  } catch (...) {
    task = std::move(pending->task());
    throw;
  }
  if (!is_posted) {  // the agents closed between the admission and now
    task = std::move(pending->task());
    return EnqueueResult::not_running;
  }
  static_cast<void>(pending.release());  // its own from now on, and perhaps gone already
  return EnqueueResult::accepted;
}

bool Processor::Impl::wait_until_idle(std::chrono::milliseconds timeout) {
  if (is_forked()) return true;
  if (is_on_agent_thread())
    throw std::logic_error(
        "wait_until_idle was called from inside a callback, which it would wait for");
  return admission_.wait_until_idle(after(timeout));
}

void Processor::Impl::observe(std::shared_ptr<ProcessorObserver> observer) {
  observers_.add(std::move(observer));
}

std::vector<std::string> Processor::Impl::inflight_request_ids() const {
  if (is_forked()) return {};  // the lock may have been held at the fork
  return inflight_.with([](auto& list) {
    std::vector<std::string> ids;
    list.for_each([&ids](PendingTask& pending) { ids.push_back(pending.task().id()); });
    return ids;
  });
}

void Processor::Impl::on_request_started(PendingTask& pending, const RequestTask& task) noexcept {
  inflight_.with([&pending](auto& list) { list.push_back(pending); });
  inflight_count_.fetch_add(1, std::memory_order_relaxed);
  observers_.tell(&ProcessorObserver::request_start, task);
}

void Processor::Impl::on_request_ended(PendingTask& pending, const RequestTask& task) noexcept {
  inflight_.with([&pending](auto& list) { list.remove(pending); });
  inflight_count_.fetch_sub(1, std::memory_order_relaxed);
  observers_.tell(&ProcessorObserver::request_end, task);
}

void Processor::Impl::on_request_failed(const RequestTask& task, const Error& error) noexcept {
  log_message(logger_, LogLevel::warn, "request {} to {} failed: {}", task.id(),
              redact_url(task.request().url()), error.message());
  observers_.tell(&ProcessorObserver::request_error, error);
}

void Processor::Impl::run_callback(const RequestTask& task, std::string_view name,
                                   Callback callback, const void* outcome) noexcept {
  const TimePoint begin = SteadyClock::now();
  try {
    callback(task, outcome);
  } catch (...) {
    log_message(logger_, LogLevel::error, "{} of request {} threw: {}", name, task.id(),
                current_exception_text());
  }
  const std::chrono::nanoseconds duration = SteadyClock::now() - begin;
  if (duration <= configuration_.slow_callback_threshold()) return;
  log_message(logger_, LogLevel::warn, "{} of request {} held the agent up for {:.1f} ms", name,
              task.id(), milliseconds(duration));
  observers_.tell(&ProcessorObserver::slow_callback, task, duration);
}

}  // namespace async_http_pool
