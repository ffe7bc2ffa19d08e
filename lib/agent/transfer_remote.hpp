#pragma once

#include "agent/agent_mailbox.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace async_http_pool {

class RequestHandler;

/// What others than its agent can do to a request that is under way, through all its attempts and
/// redirects, which then are one agent's. It may be called on when the request, and its agent, are
/// long gone. any-thread, but for what is said to be the agent's.
class TransferRemote final : public AgentMessage,
                             public std::enable_shared_from_this<TransferRemote> {
 public:
  enum Signal : std::uint32_t { cancelled = 1, body_room = 2, source_bytes = 4 };

  /// Made by `Transport::make_remote`: `mailbox` is that of the agent that has the request.
  explicit TransferRemote(std::shared_ptr<AgentMailbox> mailbox) noexcept
      : mailbox_(std::move(mailbox)) {}

  /// Ends the request with `ErrorCode::cancelled`, wherever it is, if it is not over.
  void cancel() noexcept;
  /// Its sink has room again.
  void resume_body() noexcept { signal(body_room); }
  /// The source of its body has bytes, or is at its end.
  void resume_source() noexcept { signal(source_bytes); }
  [[nodiscard]] bool is_cancelled() const noexcept {
    return is_cancelled_.load(std::memory_order_acquire);
  }
  [[nodiscard]] const std::shared_ptr<AgentMailbox>& mailbox() const noexcept { return mailbox_; }

  // --- agent-thread ---

  /// The attempt that is under way; null between two, and while it is in the mailbox or waits.
  RequestHandler* handler = nullptr;
  /// The attempt that waits to be begun; null when none does.
  PostedOrder* order = nullptr;

  void deliver(AgentMessageReceiver& receiver) noexcept override;
  void give_back(AgentMessageReceiver& receiver) noexcept override;
  /// What was asked for since the last time.
  [[nodiscard]] std::uint32_t take_signals() noexcept {
    return signals_.exchange(0, std::memory_order_acq_rel);
  }

 private:
  void signal(Signal signal) noexcept;

  const std::shared_ptr<AgentMailbox> mailbox_;  // shared with the agent, which may be gone
  std::atomic<std::uint32_t> signals_ = 0;
  std::atomic<bool> is_posted_ = false;
  std::atomic<bool> is_cancelled_ = false;
  std::shared_ptr<TransferRemote> self_;  // while it is in the mailbox
};

}  // namespace async_http_pool
