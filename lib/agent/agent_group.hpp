#pragma once

#include "agent/agent.hpp"
#include "agent/transport.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace async_http_pool {

/// Several agents as one transport: each origin has its home, so that its connections are reused; a
/// home with far more to do than the least busy agent passes work on, unless hosts have limits.
/// any-thread
class AgentGroup final : public Transport {
 public:
  using SelectorFactory = std::function<std::unique_ptr<Selector>()>;

  /// Makes `Configuration::agents` agents, each with a selector from `make_selector`, and all with
  /// the same `transfer_double`. Throws like `Agent`.
  AgentGroup(const Configuration& configuration, const SelectorFactory& make_selector,
             const std::shared_ptr<TransferDouble>& transfer_double = nullptr);

  bool submit(PostedOrder& order) override;
  std::shared_ptr<TransferRemote> make_remote(std::string_view origin) override;

  [[nodiscard]] std::size_t size() const noexcept { return agents_.size(); }
  [[nodiscard]] Agent& operator[](std::size_t index) noexcept { return *agents_[index]; }

  void stop_at(TimePoint deadline) noexcept;
  void reopen() noexcept;

 private:
  [[nodiscard]] Agent& agent_for(const TransferOrder& order) noexcept;
  [[nodiscard]] Agent& agent_for(std::string_view origin) noexcept;

  const int spill_load_;
  const bool may_spill_;
  std::vector<std::unique_ptr<Agent>> agents_;
};

}  // namespace async_http_pool
