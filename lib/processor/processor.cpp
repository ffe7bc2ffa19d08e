#include <async_http_pool/processor.hpp>

#include "agent/selector_factory.hpp"
#include "base/immortal.hpp"
#include "pool/pool_access.hpp"
#include "processor/processor_impl.hpp"

#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

ProcessorObserver::~ProcessorObserver() = default;

std::string_view to_string(ProcessorState state) noexcept {
  switch (state) {
    case ProcessorState::stopped:
      return "stopped";
    case ProcessorState::starting:
      return "starting";
    case ProcessorState::running:
      return "running";
    case ProcessorState::draining:
      return "draining";
    case ProcessorState::stopping:
      return "stopping";
  }
  return "unknown";
}

Processor::Processor(const Configuration& configuration)
    : impl_(std::make_shared<Impl>(
          configuration, [kind = configuration.selector()] { return make_selector(kind); })) {}

Processor::~Processor() {
  AgentPool& pool = *impl_->pool();
  if (pool.is_forked()) {
    // The threads are the parent's, and so are the connections: closing them here would break them
    // there.
    keep_for_ever(std::move(impl_));
    return;
  }
  pool.stop(std::chrono::milliseconds(0));
  if (pool.is_on_agent_thread()) pool.detach_threads();
}

const std::shared_ptr<AgentPool>& PoolAccess::pool_of(const Processor& processor) noexcept {
  return processor.impl_->pool();
}

void Processor::start() { impl_->start(); }

void Processor::drain() noexcept { impl_->drain(); }

void Processor::stop() { stop(configuration().shutdown_timeout()); }

void Processor::stop(std::chrono::milliseconds timeout) { impl_->pool()->stop(timeout); }

void Processor::enqueue(RequestTask task) {
  switch (impl_->try_enqueue(task)) {
    case EnqueueResult::accepted:
      return;
    case EnqueueResult::not_running: {
      if (impl_->pool()->is_forked())
        throw NotRunningError("Cannot enqueue request: processor was made before a fork");
      const ProcessorState state = this->state();  // it may have been started meanwhile
      throw NotRunningError(fmt::format(
          "Cannot enqueue request: processor is {}",
          to_string(state == ProcessorState::running ? ProcessorState::stopped : state)));
    }
    case EnqueueResult::max_capacity:
      throw MaxCapacityError(
          fmt::format("Cannot enqueue request: already at max capacity ({} connections)",
                      configuration().max_connections()));
  }
}

EnqueueResult Processor::try_enqueue(RequestTask& task) { return impl_->try_enqueue(task); }

bool Processor::wait_until_idle(std::chrono::milliseconds timeout) {
  return impl_->wait_until_idle(timeout);
}

ProcessorState Processor::state() const noexcept { return impl_->pool()->state(); }

std::size_t Processor::inflight_count() const noexcept { return impl_->inflight_count(); }

std::size_t Processor::total_count() const noexcept { return impl_->pool()->total_count(); }

std::vector<std::string> Processor::inflight_request_ids() const {
  return impl_->inflight_request_ids();
}

void Processor::observe(std::shared_ptr<ProcessorObserver> observer) {
  impl_->observe(std::move(observer));
}

const Configuration& Processor::configuration() const noexcept {
  return impl_->pool()->configuration();
}

}  // namespace async_http_pool
