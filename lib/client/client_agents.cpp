#include "client/client_agents.hpp"

#include "base/agent_thread.hpp"
#include "base/immortal.hpp"
#include "request/silent_handler.hpp"

#include <async_http_pool/exceptions.hpp>

#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

ClientAgents::ClientAgents(const Configuration& configuration,
                           AgentGroup::SelectorFactory make_selector)
    : configuration_(configuration),
      silent_handler_(std::make_shared<SilentHandler>()),
      make_selector_(std::move(make_selector)),
      are_own_(true) {}

ClientAgents::ClientAgents(std::shared_ptr<AgentPool> pool)
    : configuration_(pool->configuration()),
      silent_handler_(std::make_shared<SilentHandler>()),
      are_own_(false),
      pool_(std::move(pool)) {}

ClientAgents::Place ClientAgents::enter() {
  constexpr int starts_max = 3;  // agents that fail at once shall not keep a caller for ever
  for (int starts = 0;; ++starts) {
    if (is_forked()) throw NotRunningError("cannot send request: client was made before a fork");
    std::shared_ptr<AgentPool> pool = current();
    if (pool != nullptr) {
      Admission::Entry entry = pool->enter();
      if (entry.result == EnqueueResult::accepted) return {std::move(pool), std::move(entry.slot)};
      if (entry.result == EnqueueResult::max_capacity) {
        throw MaxCapacityError(
            fmt::format("cannot send request: already at max capacity ({} connections)",
                        configuration_.max_connections()));
      }
      if (!are_own_) throw NotRunningError("cannot send request: processor is not running");
    }
    if (starts == starts_max)
      throw NotRunningError("cannot send request: agents fail as soon as they are started");
    renew(pool);
  }
}

void ClientAgents::renew(const std::shared_ptr<AgentPool>& refusing) {
  const std::lock_guard lock(renewal_mutex_);
  if (is_shut_down_) throw NotRunningError("cannot send request: client was shut down");
  if (current() != refusing) return;  // another thread was faster
  drop_ended();
  if (refusing != nullptr) {
    failed_.push_back(refusing);
    pool_.with([](auto& pool) { pool.reset(); });
  }
  auto next = std::make_shared<AgentPool>(configuration_, make_selector_);
  static_cast<void>(next->start(nullptr));
  pool_.with([&next](auto& pool) { pool = std::move(next); });
}

void ClientAgents::drop_ended() noexcept {
  std::erase_if(failed_, [](const auto& pool) {
    if (pool->state() != ProcessorState::stopped || pool->is_on_agent_thread()) return false;
    pool->stop(std::chrono::milliseconds(0));  // its threads are at their ends
    return true;
  });
}

void ClientAgents::shut_down() noexcept {
  if (!are_own_) return;
  std::vector<std::shared_ptr<AgentPool>> pools;
  {
    const std::lock_guard lock(renewal_mutex_);
    is_shut_down_ = true;
    pools.swap(failed_);
  }
  // Nobody makes new ones any more.
  if (const std::shared_ptr<AgentPool> pool = current()) end(*pool);
  for (const auto& pool : pools) end(*pool);
}

void ClientAgents::end(AgentPool& pool) noexcept {
  if (agent_thread_owner() == nullptr) return pool.stop(std::chrono::milliseconds(0));
  // Agent threads do not wait, not for each other either: two might do so crosswise.
  pool.ask_to_stop();
  pool.detach_threads();
}

std::size_t ClientAgents::total_count() const noexcept {
  if (is_forked()) return 0;
  const std::shared_ptr<AgentPool> pool = current();
  return pool == nullptr ? 0 : pool->total_count();
}

ClientKeeper::~ClientKeeper() {
  if (agents_->is_forked()) {
    keep_for_ever(std::move(agents_));  // as with a processor: all that is the parent's
  } else {
    agents_->shut_down();
  }
}

}  // namespace async_http_pool
