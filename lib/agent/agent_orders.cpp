// The part of Agent that takes orders, and begins their transfers or ends them before.

#include "agent/agent.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace async_http_pool {

namespace {

// A burst must not hold answers and timers up.
constexpr std::size_t orders_at_once = 64;
// Fewer than a look tells of, so that an agent that is behind catches up.
constexpr std::size_t orders_when_behind = Selector::look_max / 2;

}  // namespace

void Agent::on_order(PostedOrder& order) {
  agent_thread.assume_held();
  TransferRemote* const remote = order.order.remote.get();
  if (remote != nullptr && remote->is_cancelled()) {
    cancel(order);
    return;
  }
  try {
    take_up(order);
  } catch (const std::bad_alloc&) {
    give_back(order);
    return;
  }
  if (remote != nullptr) remote->order = &order;
}

void Agent::take_up(PostedOrder& order) {
  order.holder = this;
  order.origin = nullptr;
  const TimePoint start_at = order.order.start_at;
  if (start_at == TimePoint::min() || start_at <= SteadyClock::now()) {
    line_up(order);
    return;
  }
  timers_.schedule(order, std::min(start_at, order.order.deadline));
  delayed_.push_back(order);
}

void Agent::line_up(PostedOrder& order) {
  keep_house_later();
  if (order.order.deadline < TimePoint::max()) timers_.schedule(order, order.order.deadline);
  try {
    waiting_.push(order, origins_.begin_transfer(order.order.origin));
  } catch (const std::bad_alloc&) {
    timers_.cancel(order);
    throw;
  }
}

void Agent::on_order_due(PostedOrder& order) {
  agent_thread.assume_held();
  const TransferClock clock({.deadline = order.order.deadline, .timeout = order.order.timeout});
  withdraw(order);
  try {
    if (std::optional<TransferFailure> overrun = clock.overrun(SteadyClock::now())) {
      fail(order, std::move(*overrun));
      return;
    }
    line_up(order);
    if (order.order.remote != nullptr) order.order.remote->order = &order;
  } catch (const std::bad_alloc&) {
    fail(order, lack_of_memory());
  }
}

void Agent::begin_orders(Company company) {
  const std::size_t orders_max = is_behind(company) ? orders_when_behind : orders_at_once;
  for (std::size_t begun = 0; begun < orders_max; ++begun) {
    PostedOrder* const order = waiting_.pop(company);
    if (order == nullptr) return;
    end_wait(*order);
    begin(*order, *order->origin);
  }
}

void Agent::begin(PostedOrder& order, Origin& origin) {
  TransferRemote* const remote = order.order.remote.get();
  std::unique_ptr<RequestHandler> made;
  try {
    made =
        std::make_unique<RequestHandler>(std::move(order), static_cast<RequestHandlerHost&>(*this));
  } catch (const std::exception&) {
    origins_.end_transfer(origin);
    give_back(order);
    return;
  }
  RequestHandler& handler = *made.release();
  handlers_.push_back(handler);
  if (remote != nullptr) remote->handler = &handler;
  try {
    enter_queue(handler, origin);
  } catch (const std::bad_alloc&) {
    finish_without_memory(handler);
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

void Agent::withdraw(PostedOrder& order) noexcept {
  end_wait(order);
  if (Origin* const origin = std::exchange(order.origin, nullptr)) {
    waiting_.remove(order, *origin);
    origins_.end_transfer(*origin);
  } else {
    delayed_.remove(order);
  }
}

void Agent::end_wait(PostedOrder& order) noexcept {
  timers_.cancel(order);
  if (order.order.remote != nullptr) order.order.remote->order = nullptr;
}

void Agent::cancel(PostedOrder& order) noexcept {
  TransferFailure failure = lack_of_memory();
  try {
    failure = cancellation();
  } catch (const std::bad_alloc&) {
  }
  fail(order, std::move(failure));
}

void Agent::fail(PostedOrder& order, TransferFailure failure) noexcept {
  load_.fetch_sub(1, std::memory_order_relaxed);
  TransferResult result;
  result.failure = std::move(failure);
  order.listener.on_transfer_done(std::move(result));  // which may destroy it
}

void Agent::give_back(PostedOrder& order) noexcept {
  load_.fetch_sub(1, std::memory_order_relaxed);
  order.listener.on_transfer_given_back();  // which may destroy it
}

void Agent::on_order_given_back(PostedOrder& order) noexcept { untaken_.push_back(order); }

}  // namespace async_http_pool
