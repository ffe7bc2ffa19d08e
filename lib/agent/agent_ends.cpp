// The part of Agent that ends transfers: takes their outcomes, tells their listeners, clears up.

#include "agent/agent.hpp"

#include <new>
#include <utility>

namespace async_http_pool {

void Agent::on_transfer_finished(RequestHandler& handler, CURLcode code) {
  handler.outcome = code;
  ended_.push_back(handler);
}

void Agent::report(RequestHandler& handler) {
  try {
    if (!handler.needs_fresh_connection()) {
      finish(handler, handler.finish(handler.outcome));
      return;
    }
    sockets_.release(handler, false);
    handler.restart_on_fresh_connection(share_.get());
  } catch (const CurlError& error) {
    finish(handler, handler.fail({.code = ErrorCode::internal, .message = error.what()}));
    return;
  } catch (const std::bad_alloc&) {
    finish_without_memory(handler);
    return;
  }
  put_into_lane(handler);
}

void Agent::cancel(RequestHandler& handler) {
  break_off(handler);
  finish(handler, handler.fail(cancellation()));
}

void Agent::on_played(RequestHandler& handler, CURLcode code) {
  agent_thread.assume_held();
  finish(handler, handler.finish(code));
}

void Agent::finish_without_memory(RequestHandler& handler) {
  finish(handler, handler.fail(lack_of_memory()));
}

void Agent::finish(RequestHandler& handler, TransferResult result) {
  if (handler.RequestHandlerNews::is_linked()) news_.remove(handler);
  handler.tell_news();
  detach(handler);
  handler.listener().on_transfer_done(std::move(result));
  recycle_later(handler);
  const auto idle_origins_max = static_cast<std::size_t>(configuration_.connection_pool_size());
  if (const Origin* surplus = origins_.surplus(idle_origins_max)) sockets_.shut_down_idle(*surplus);
}

void Agent::detach(RequestHandler& handler) noexcept {
  timers_.cancel(handler);
  handler.stop_playing();
  sockets_.release(handler, handler.is_multiplexed());
  if (Origin* const origin = std::exchange(handler.placement.origin, nullptr)) {
    if (handler.has_slot() && handler.OriginQueue::Entry::is_linked()) admitted_.remove(handler);
    origin->queue.leave(handler);
    admit_waiting(*origin);
    origins_.end_transfer(*origin);
  }
  const auto& remote = handler.order().remote;
  if (remote != nullptr && remote->handler == &handler) remote->handler = nullptr;
  handlers_.remove(handler);
  load_.fetch_sub(1, std::memory_order_relaxed);
}

void Agent::recycle_later(RequestHandler& handler) noexcept {
  handler.close_body();  // the application may wait for that
  worn_out_.push_back(handler);
}

void Agent::recycle_worn_out() noexcept {
  while (RequestHandler::End* worn_out = worn_out_.pop_front())
    recycle(static_cast<RequestHandler&>(*worn_out));
}

void Agent::recycle(RequestHandler& handler) noexcept {
  const std::unique_ptr<RequestHandler> owned(&handler);
  EasyHandle easy = handler.take_easy();
  if (easy.get() != nullptr && !quirks_.needs_fresh_handles &&
      easy.set_if_known<CURLOPT_SHARE>(nullptr))
    easy_handles_.put(std::move(easy));
}

void Agent::give_back(RequestHandler& handler) noexcept {
  take_from_lane(handler);
  if (handler.RequestHandlerNews::is_linked()) news_.remove(handler);
  handler.tell_news();
  detach(handler);
  handler.listener().on_transfer_given_back();
  recycle_later(handler);
}

void Agent::give_everything_back() noexcept {
  MpscBatch<AgentMessage> batch = mailbox_->channel.close();
  while (AgentMessage* message = batch.pop()) message->give_back(*this);
  while (RequestHandler::End* ended = ended_.pop_front()) static_cast<void>(ended);
  while (!handlers_.empty()) give_back(handlers_.front());
  recycle_worn_out();
  while (!delayed_.empty()) {
    PostedOrder& order = delayed_.front();
    withdraw(order);
    give_back(order);
  }
  while (PostedOrder* order = waiting_.pop()) {
    end_wait(*order);
    origins_.end_transfer(*order->origin);
    give_back(*order);
  }
  while (PostedOrder* order = untaken_.pop_front()) give_back(*order);
  while (Lane* lane = ready_lanes_.pop_front()) static_cast<void>(lane);
  lanes_.clear();
  timers_.cancel(housekeeping_);
  may_have_ready_sockets_ = false;
  is_behind_ = {};
  blocks_.clear();
}

}  // namespace async_http_pool
