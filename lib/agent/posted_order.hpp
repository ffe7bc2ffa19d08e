#pragma once

#include "agent/agent_message.hpp"
#include "agent/transport.hpp"
#include "base/intrusive_list.hpp"
#include "base/timer_queue.hpp"

#include <memory>
#include <utility>

namespace async_http_pool {

class PostedOrder;
struct Origin;

/// Where an order waits: the agent. agent-thread
class PostedOrderHolder {
 public:
  /// It may go out now, or its deadline is over.
  virtual void on_order_due(PostedOrder& order) = 0;

 protected:
  ~PostedOrderHolder() = default;
};

/// An order on its way from the caller's thread to the agent, which makes a `RequestHandler` of it
/// and then knows it no more. Until then it waits there, for its time to come or in the
/// `OrderQueue`. Part of the listener, which would need an allocation else.
class PostedOrder final : public AgentMessage, public ListNode<PostedOrder>, public Timer {
 public:
  PostedOrder(TransferOrder&& what, TransferListener& to) : order(std::move(what)), listener(to) {}

  /// any-thread. Asks `transfer_double`, which may be null and is the application's code.
  void ask(TransferDouble* transfer_double) {
    if (transfer_double == nullptr) return;
    answer = transfer_double->answer_to(order.request, order.cookies);
    if (answer == nullptr) tap = transfer_double->tap(order.request);
  }

  void deliver(AgentMessageReceiver& receiver) override { receiver.on_order(*this); }
  void give_back(AgentMessageReceiver& receiver) noexcept override {
    receiver.on_order_given_back(*this);
  }

  void on_due() override { holder->on_order_due(*this); }

  TransferOrder order;
  TransferListener& listener;
  std::shared_ptr<const CannedAnswer> answer;  // shared with the double; null: the network's
  std::unique_ptr<TransferTap> tap;            // null: nobody looks on

  // agent-thread, while it waits
  Origin* origin = nullptr;  // null until it is in the OrderQueue
  PostedOrderHolder* holder = nullptr;
};

}  // namespace async_http_pool
