#pragma once

#include "base/mpsc_channel.hpp"
#include "curl/multi_handle.hpp"

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

/// The door of an agent: its channel, and the one place where it sleeps. Shared with those that
/// post to it, so that they may come too late, even when the agent is gone.
class AgentMailbox {
 public:
  /// any-thread. False when the agent is closed: the message still belongs to the caller.
  [[nodiscard]] bool post(AgentMessage& message) noexcept {
    const PostResult result = channel.post(message);
    if (result == PostResult::posted_to_sleeper) control.wake();
    return result != PostResult::closed;
  }

  MpscChannel<AgentMessage> channel;
  MultiHandle control;  ///< carries no transfer
};

}  // namespace async_http_pool
