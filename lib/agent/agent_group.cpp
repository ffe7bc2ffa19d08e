#include "agent/agent_group.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace async_http_pool {

AgentGroup::AgentGroup(const Configuration& configuration, const SelectorFactory& make_selector,
                       const std::shared_ptr<TransferDouble>& transfer_double)
    : spill_load_(configuration.lane_size()),
      may_spill_(configuration.client_config().max_in_flight_per_host() == 0 &&
                 configuration.client_config().max_connections_per_host() == 0) {
  for (int i = 0; i < configuration.agents(); ++i)
    agents_.push_back(std::make_unique<Agent>(configuration, make_selector(), transfer_double));
}

bool AgentGroup::submit(PostedOrder& order) { return agent_for(order.order).submit(order); }

std::shared_ptr<TransferRemote> AgentGroup::make_remote(std::string_view origin) {
  return agent_for(origin).make_remote(origin);
}

Agent& AgentGroup::agent_for(const TransferOrder& order) noexcept {
  if (order.remote == nullptr) return agent_for(order.origin);
  const auto owner =
      std::find_if(agents_.begin(), agents_.end(), [&order](const std::unique_ptr<Agent>& agent) {
        return agent->has_mailbox(*order.remote->mailbox());
      });
  return owner != agents_.end() ? **owner : agent_for(order.origin);
}

Agent& AgentGroup::agent_for(std::string_view origin) noexcept {
  if (agents_.size() == 1) return *agents_.front();
  Agent& home = *agents_[std::hash<std::string_view>()(origin) % agents_.size()];
  if (!may_spill_ || home.load() < spill_load_) return home;
  Agent& least =
      **std::min_element(agents_.begin(), agents_.end(),
                         [](const auto& a, const auto& b) { return a->load() < b->load(); });
  return home.load() >= least.load() + spill_load_ ? least : home;
}

void AgentGroup::stop_at(TimePoint deadline) noexcept {
  for (const auto& agent : agents_) agent->stop_at(deadline);
}

void AgentGroup::reopen() noexcept {
  for (const auto& agent : agents_) agent->reopen();
}

}  // namespace async_http_pool
