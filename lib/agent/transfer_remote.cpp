#include "agent/transfer_remote.hpp"

#include <utility>

namespace async_http_pool {

void TransferRemote::cancel() noexcept {
  is_cancelled_.store(true, std::memory_order_release);
  signal(cancelled);
}

void TransferRemote::signal(Signal signal) noexcept {
  signals_.fetch_or(signal, std::memory_order_acq_rel);
  if (is_posted_.exchange(true, std::memory_order_acq_rel)) return;  // whoever posted it tells all
  self_ = shared_from_this();
  if (!mailbox_->post(*this)) {  // the agent is gone, and what it had was given back
    const std::shared_ptr<TransferRemote> self = std::move(self_);
    is_posted_.store(false, std::memory_order_release);
  }
}

void TransferRemote::deliver(AgentMessageReceiver& receiver) noexcept {
  const std::shared_ptr<TransferRemote> self = std::move(self_);
  // First: a signal that comes from now on is posted again, rather than lost.
  is_posted_.exchange(false, std::memory_order_acq_rel);
  receiver.on_signals(*this, take_signals());
}

void TransferRemote::give_back(AgentMessageReceiver& receiver) noexcept {
  static_cast<void>(receiver);
  const std::shared_ptr<TransferRemote> self = std::move(self_);
  is_posted_.store(false, std::memory_order_release);
}

}  // namespace async_http_pool
