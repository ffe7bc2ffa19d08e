#pragma once

#include "base/fork_detector.hpp"
#include "base/guarded.hpp"
#include "pool/agent_pool.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/task_handler.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace async_http_pool {

/// The agents of a client: its own, made with the first request, or a processor's. Agents of its
/// own that failed are left behind, and the next request makes new ones: it may come from a
/// continuation that runs on the thread of the failed one. any-thread
class ClientAgents {
 public:
  ClientAgents(const Configuration& configuration, AgentGroup::SelectorFactory make_selector);
  /// Those of a processor, which starts and stops them.
  explicit ClientAgents(std::shared_ptr<AgentPool> pool);
  ClientAgents(const ClientAgents&) = delete;
  ClientAgents& operator=(const ClientAgents&) = delete;

  /// The agents for one request, and its place among theirs.
  struct Place {
    std::shared_ptr<AgentPool> pool;  // shared: whoever gives the place back needs it until then
    Slot slot;
  };
  /// Throws `NotRunningError` and `MaxCapacityError`, and what starting agents throws.
  [[nodiscard]] Place enter();
  /// Ends agents of its own, for good, and waits for them; on one of their threads that ends by
  /// itself.
  void shut_down() noexcept;

  [[nodiscard]] const Configuration& configuration() const noexcept { return configuration_; }
  [[nodiscard]] std::size_t total_count() const noexcept;
  [[nodiscard]] bool are_own() const noexcept { return are_own_; }
  /// Whether this process is a fork of the one that made the client.
  [[nodiscard]] bool is_forked() const noexcept { return fork_detector_.is_forked(); }
  /// For tasks whose outcome a client takes.
  [[nodiscard]] const std::shared_ptr<TaskHandler>& silent_handler() const noexcept {
    return silent_handler_;
  }

 private:
  [[nodiscard]] std::shared_ptr<AgentPool> current() const {
    return pool_.with([](auto& pool) { return pool; });
  }
  /// Makes sure that there are other agents than `refusing`, which may be null.
  void renew(const std::shared_ptr<AgentPool>& refusing);
  void drop_ended() noexcept;
  static void end(AgentPool& pool) noexcept;

  const Configuration configuration_;
  const ForkDetector fork_detector_;
  const std::shared_ptr<TaskHandler> silent_handler_;  // shared by tasks
  const AgentGroup::SelectorFactory make_selector_;
  const bool are_own_;
  Guarded<std::shared_ptr<AgentPool>> pool_;  // shared with its threads; null before the start

  // Held while agents are started and ended; agent threads are not waited for meanwhile, but for
  // such as have nothing left to do.
  std::mutex renewal_mutex_;
  std::vector<std::shared_ptr<AgentPool>> failed_;  // their threads may still be busy
  bool is_shut_down_ = false;
};

/// What the handles of a client, and the responses that are being read, have in common: with the
/// last of them the agents end.
class ClientKeeper {
 public:
  explicit ClientKeeper(std::shared_ptr<ClientAgents> agents) noexcept
      : agents_(std::move(agents)) {}
  ~ClientKeeper();
  ClientKeeper(const ClientKeeper&) = delete;
  ClientKeeper& operator=(const ClientKeeper&) = delete;

  [[nodiscard]] const std::shared_ptr<ClientAgents>& agents() const noexcept { return agents_; }

 private:
  std::shared_ptr<ClientAgents> agents_;  // shared with what interceptors keep
};

}  // namespace async_http_pool
