// The part of Agent that takes orders, and begins their transfers.

#include "agent/agent.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace async_http_pool {

namespace {

// A burst must not hold answers and timers up.
constexpr std::size_t orders_a_turn = 64;
// While answers wait to be read, fewer than are read: what is begun then has its answer wait, too,
// and is in no cache any more when it is read.
constexpr std::size_t orders_when_behind = Selector::look_max / 2;

}  // namespace

void Agent::on_order(PostedOrder& order) {
  agent_thread.assume_held();
  if (order.order.start_at > TimePoint::min()) {  // it waits by itself, or has waited
    accept(order, nullptr);
    return;
  }
  Origin* origin = nullptr;
  try {
    origin = &origins_.begin_transfer(order.order.origin);
    order.holder = this;
    if (order.order.deadline < TimePoint::max()) timers_.schedule(order, order.order.deadline);
  } catch (const std::bad_alloc&) {
    if (origin != nullptr) origins_.end_transfer(*origin);
    give_back(order);
    return;
  }
  waiting_.push(order, *origin);
  if (order.order.remote != nullptr) order.order.remote->order = &order;
}

void Agent::begin_orders(Company company) {
  const bool is_behind = company == Company::few ? is_behind_few_ : is_behind_many_;
  const std::size_t orders_max = is_behind ? orders_when_behind : orders_a_turn;
  for (std::size_t begun = 0; begun < orders_max; ++begun) {
    PostedOrder* const order = waiting_.pop(company);
    if (order == nullptr) return;
    accept(*order, order->origin);
  }
}

void Agent::on_order_due(PostedOrder& order) {
  agent_thread.assume_held();
  waiting_.remove(order);
  origins_.end_transfer(*order.origin);
  if (RequestHandler* const handler = make_handler(order)) on_handler_due(*handler);
}

void Agent::end_wait(PostedOrder& order) noexcept {
  timers_.cancel(order);
  if (order.order.remote != nullptr) order.order.remote->order = nullptr;
}

void Agent::accept(PostedOrder& order, Origin* origin) {
  RequestHandler* const handler = make_handler(order);
  if (handler == nullptr) {
    if (origin != nullptr) origins_.end_transfer(*origin);
    return;
  }
  try {
    begin(*handler, origin);
  } catch (const std::bad_alloc&) {
    finish_without_memory(*handler);
  }
}

RequestHandler* Agent::make_handler(PostedOrder& order) {
  end_wait(order);
  TransferRemote* const remote = order.order.remote.get();
  std::unique_ptr<RequestHandler> made;
  try {
    made =
        std::make_unique<RequestHandler>(std::move(order), static_cast<RequestHandlerHost&>(*this));
  } catch (const std::exception&) {
    give_back(order);
    return nullptr;
  }
  RequestHandler& handler = *made.release();
  handlers_.push_back(handler);
  if (remote != nullptr) remote->handler = &handler;
  return &handler;
}

void Agent::begin(RequestHandler& handler, Origin* origin) {
  // First: the origin gets back what it was told when the transfer ends.
  if (origin != nullptr) enter_queue(handler, *origin);
  keep_house_later();
  const TransferOrder& order = handler.order();
  if (order.remote != nullptr && order.remote->is_cancelled()) {
    cancel(handler);
  } else if (origin != nullptr) {
    return;
  } else if (order.start_at > SteadyClock::now()) {
    handler.arm(std::min(order.start_at, order.deadline));
  } else {
    enter_queue(handler, origins_.begin_transfer(order.origin));
  }
}

void Agent::enter_queue(RequestHandler& handler, Origin& origin) {
  handler.placement.origin = &origin;
  origin.queue.enter(handler, slots_of(origin));
  if (handler.has_slot()) {
    admitted_.push_back(handler);
  } else {
    handler.arm(handler.order().deadline);
  }
}

}  // namespace async_http_pool
