#include "processor/processor_impl.hpp"

#include "base/exception_text.hpp"
#include "base/log.hpp"
#include "http/url.hpp"
#include "request/task_access.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

double milliseconds(std::chrono::nanoseconds duration) noexcept {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Processor::Impl::Impl(const Configuration& configuration,
                      const AgentGroup::SelectorFactory& make_selector)
    : pool_(std::make_shared<AgentPool>(configuration, make_selector)),
      logger_(pool_->configuration().logger().get()),
      observers_(logger_) {}

// --- Start and stop ---

void Processor::Impl::start() {
  if (pool_->is_forked())
    throw std::logic_error("cannot start: the process was forked after the processor was made");
  const auto refusal = [this](std::string_view place) {
    return std::logic_error(
        fmt::format("cannot start{}: processor is {}", place, to_string(pool_->state())));
  };
  if (pool_->is_on_agent_thread()) {
    if (pool_->state() == ProcessorState::running) return;
    throw refusal(" from inside a callback");
  }
  const std::shared_ptr<AgentPoolListener> self(shared_from_this(), this);
  switch (pool_->start(self)) {
    case AgentPool::StartResult::started:
      log_message(logger_, LogLevel::info, "processor started");
      observers_.tell_start();
      return;
    case AgentPool::StartResult::runs_already:
      return;
    case AgentPool::StartResult::refused:
      throw refusal("");
  }
}

void Processor::Impl::drain() noexcept {
  if (pool_->drain()) log_message(logger_, LogLevel::info, "processor draining");
}

void Processor::Impl::on_agent_failed(std::string_view reason) noexcept {
  observers_.tell(&ProcessorObserver::agent_failed, reason);
}

void Processor::Impl::on_pool_stopping() noexcept {
  log_message(logger_, LogLevel::info, "processor stopped");
  observers_.tell_stop();
}

// --- Tasks ---

EnqueueResult Processor::Impl::try_enqueue(RequestTask& task) {
  Admission::Entry entry = pool_->enter();
  if (!entry.slot) {
    if (entry.result == EnqueueResult::max_capacity)
      observers_.tell(&ProcessorObserver::capacity_exceeded);
    return entry.result;
  }
  TaskAccess::mark_enqueued(task);
  auto pending = std::make_unique<PendingTask>(static_cast<PendingTaskHost&>(*this),
                                               std::move(entry.slot), std::move(task), *pool_);
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
  if (!pool_->is_forked() && pool_->is_on_agent_thread())
    throw std::logic_error(
        "wait_until_idle was called from inside a callback, which it would wait for");
  return pool_->wait_until_idle(timeout);
}

void Processor::Impl::observe(std::shared_ptr<ProcessorObserver> observer) {
  observers_.add(std::move(observer));
}

std::vector<std::string> Processor::Impl::inflight_request_ids() const {
  if (pool_->is_forked()) return {};  // the lock may have been held at the fork
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
  if (duration <= pool_->configuration().slow_callback_threshold()) return;
  log_message(logger_, LogLevel::warn, "{} of request {} held the agent up for {:.1f} ms", name,
              task.id(), milliseconds(duration));
  observers_.tell(&ProcessorObserver::slow_callback, task, duration);
}

}  // namespace async_http_pool
