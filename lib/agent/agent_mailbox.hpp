#pragma once

#include "agent/agent_message.hpp"
#include "base/mpsc_channel.hpp"
#include "curl/multi_handle.hpp"

namespace async_http_pool {

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
