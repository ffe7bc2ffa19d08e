#pragma once

#include "base/mpsc_channel.hpp"

#include <cstdint>

namespace async_http_pool {

class PostedOrder;
class TransferRemote;

/// Who takes messages out of a mailbox: the agent. agent-thread
class AgentMessageReceiver {
 public:
  virtual void on_order(PostedOrder& order) = 0;
  virtual void on_order_given_back(PostedOrder& order) noexcept = 0;
  /// `signals`: of `TransferRemote::Signal`.
  virtual void on_signals(TransferRemote& remote, std::uint32_t signals) noexcept = 0;

 protected:
  ~AgentMessageReceiver() = default;
};

/// What is posted to an agent. Not owned by the mailbox: it belongs to the agent from then on.
class AgentMessage : public MpscNode {
 public:
  virtual void deliver(AgentMessageReceiver& receiver) = 0;
  /// Instead, when the agent closes.
  virtual void give_back(AgentMessageReceiver& receiver) noexcept = 0;

 protected:
  ~AgentMessage() = default;
};

}  // namespace async_http_pool
