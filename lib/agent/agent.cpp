#include "agent/agent.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "curl/curl_library.hpp"

namespace async_http_pool {

namespace {

constexpr TimePoint::rep never = TimePoint::max().time_since_epoch().count();
constexpr std::chrono::seconds housekeeping_interval{60};
constexpr int sleep_ms_max = 60'000;
constexpr std::size_t many_events =
    2;  // a look that finds so many is followed by another without sleeping
constexpr long spare_connections = 8;  // that a lane keeps beyond its transfers

/// Of one request alone, which is no reason to end the agent.
TransferFailure out_of_memory() {
  return {.code = ErrorCode::out_of_resources, .message = "out of memory"};
}

}  // namespace

Agent::Agent(const Configuration& configuration, std::unique_ptr<Selector> selector)
    : configuration_(configuration),
      quirks_(quirks_of(loaded_curl_version())),
      easy_handles_(!quirks_.needs_fresh_handles),
      stop_at_(never),
      selector_(std::move(selector)),
      sockets_(*selector_, origins_),
      housekeeping_(*this) {}

Agent::~Agent() { timers_.cancel(housekeeping_); }

// --- any-thread ---

bool Agent::submit(TransferOrder order, TransferListener& listener) {
  auto handler = std::make_unique<RequestHandler>(
      std::move(order), listener, static_cast<RequestHandlerHost&>(*this), easy_handles_.take());
  load_.fetch_add(1, std::memory_order_relaxed);
  const PostResult result = channel_.post(*handler);
  if (result == PostResult::closed) {
    load_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  static_cast<void>(handler.release());  // the agent's now
  if (result == PostResult::posted_to_sleeper) control_.wake();
  return true;
}

void Agent::stop_at(TimePoint deadline) noexcept {
  const TimePoint::rep wanted = deadline.time_since_epoch().count();
  TimePoint::rep current = stop_at_.load(std::memory_order_relaxed);
  while (wanted < current &&
         !stop_at_.compare_exchange_weak(current, wanted, std::memory_order_relaxed)) {
  }
  control_.wake();
}

void Agent::reopen() noexcept {
  stop_at_.store(never, std::memory_order_relaxed);
  channel_.reopen();
}

// --- The loop ---

std::optional<std::string> Agent::run() noexcept {
  const ThreadRoleScope role(agent_thread);
  std::optional<std::string> failure;
  try {
    while (!is_over()) turn();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  give_everything_back();
  return failure;
}

bool Agent::is_over() const noexcept {
  const TimePoint::rep stop_at = stop_at_.load(std::memory_order_relaxed);
  return stop_at != never && SteadyClock::now().time_since_epoch().count() >= stop_at;
}

void Agent::turn() {
  if (ready_lanes_.empty() && !may_have_ready_sockets_) sleep();
  take_messages();
  if (may_have_ready_sockets_) handle_ready_sockets();
  timers_.run_due(SteadyClock::now());
  run_ready_lanes();
  start_admitted();
}

void Agent::sleep() {
  // From here on a post wakes us; without this, one that came between take_messages() and here
  // would be slept over.
  if (!channel_.fall_asleep()) return;
  const std::span<curl_waitfd> waitables = selector_->waitables();
  control_.poll(waitables, sleep_ms());
  may_have_ready_sockets_ =
      std::any_of(waitables.begin(), waitables.end(),
                  [](const curl_waitfd& socket) { return socket.revents != 0; });
}

int Agent::sleep_ms() const noexcept {
  TimePoint until = TimePoint(TimePoint::duration(stop_at_.load(std::memory_order_relaxed)));
  if (const auto next = timers_.next_due()) until = std::min(until, *next);
  const TimePoint now = SteadyClock::now();
  if (until <= now) return 0;
  if (until - now >= std::chrono::milliseconds(sleep_ms_max)) return sleep_ms_max;
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
}

void Agent::take_messages() {
  MpscBatch<RequestHandler> batch = channel_.take();
  while (RequestHandler* handler = batch.pop()) incoming_.push_back(*handler);
  while (RequestHandler* handler = incoming_.pop_front()) accept(*handler);
}

void Agent::handle_ready_sockets() {
  const std::span<const Selector::Event> events = selector_->ready();
  may_have_ready_sockets_ = events.size() >= many_events;
  for (const auto& [fd, readiness] : events) {
    Lane* lane = sockets_.lane_for_event(fd, readiness);
    if (lane == nullptr) continue;
    try {
      lane->on_socket_event(fd, readiness);
    } catch (const CurlError& error) {
      retire(*lane, error.what());
    }
  }
}

void Agent::run_ready_lanes() {
  IntrusiveList<Lane>
      batch;  // those that get ready again meanwhile have to wait for the sockets' turn
  ready_lanes_.move_all_to(batch);
  while (Lane* lane = batch.pop_front()) {
    try {
      lane->run();
    } catch (const CurlError& error) {
      retire(*lane, error.what());
    }
  }
}

// --- The life of a transfer ---

void Agent::accept(RequestHandler& handler) {
  handlers_.push_back(handler);
  const TransferOrder& order = handler.order();
  if (order.start_at > SteadyClock::now()) {
    handler.arm(std::min(order.start_at, order.deadline));
  } else {
    enter_queue(handler);
  }
}

void Agent::enter_queue(RequestHandler& handler) {
  Origin& origin = origins_.begin_transfer(handler.order().origin);
  handler.placement.origin = &origin;
  origin.queue.enter(handler, slots_of(origin));
  if (handler.has_slot()) {
    start(handler);
  } else {
    handler.arm(handler.order().deadline);
  }
}

std::int64_t Agent::slots_of(const Origin& origin) const noexcept {
  const ClientConfig& limits = configuration_.client_config();
  std::int64_t slots = OriginQueue::unlimited;
  if (limits.max_in_flight_per_host() > 0) slots = limits.max_in_flight_per_host();
  if (limits.max_connections_per_host() > 0) {
    // libcurl would hold the surplus back as well, but fires none of its time limits meanwhile
    // (LIBCURL.md F5). How many streams a server allows it does not tell.
    const std::int64_t streams = origin.is_multiplexed ? limits.max_streams() : 1;
    slots = std::min(slots, limits.max_connections_per_host() * streams);
  }
  return slots;
}

void Agent::admit_waiting(Origin& origin) noexcept {
  while (OriginQueue::Entry* entry = origin.queue.admit_next(slots_of(origin)))
    admitted_.push_back(*entry);
}

void Agent::start_admitted() {
  while (OriginQueue::Entry* entry = admitted_.pop_front())
    start(static_cast<RequestHandler&>(*entry));
}

void Agent::start(RequestHandler& handler) {
  handler.start_clock(SteadyClock::now());
  handler.listener().on_transfer_started();
  put_into_lane(handler);
}

void Agent::on_multiplexed(RequestHandler& handler) {
  agent_thread.assume_held();
  if (configuration_.client_config().max_connections_per_host() == 0) return;
  handler.placement.origin->is_multiplexed = true;
  admit_waiting(*handler.placement.origin);
}

void Agent::put_into_lane(RequestHandler& handler) {
  try {
    handler.use_share(share_.get());
    handler.open_body();
    if (handler.obstacle()) {
      finish(handler, handler.fail(*handler.obstacle()));
      return;
    }
    lane_for(*handler.placement.origin).add(handler);
  } catch (const CurlError& error) {
    finish(
        handler,
        handler.fail({.code = ErrorCode::internal, .message = error.what(), .never_sent = true}));
  } catch (const std::bad_alloc&) {
    finish(handler, handler.fail(out_of_memory()));
  }
}

Lane& Agent::lane_for(Origin& origin) {
  const ClientConfig& limits = configuration_.client_config();
  if (limits.max_connections_per_host() > 0) return lane_at(origins_.home_of(origin));
  const auto has_room = [&](std::size_t index) {
    return lanes_[index] == nullptr ||
           (lanes_[index]->transfer_count() < configuration_.lane_size() &&
            origin.has_streams_for_more(index, limits.max_streams()));
  };
  for (std::size_t index = 0; index < origin.lanes.size(); ++index) {
    if (!origin.has_connection_for_more(index)) continue;
    // Where requests are limited, connections had better not be more than they.
    const bool may_crowd = limits.max_in_flight_per_host() > 0 &&
                           origin.has_streams_for_more(index, limits.max_streams());
    if (may_crowd || has_room(index)) return lane_at(index);
  }
  std::size_t index = 0;
  while (index < lanes_.size() && !has_room(index)) ++index;
  return lane_at(index);
}

Lane& Agent::lane_at(std::size_t index) {
  if (index >= lanes_.size()) lanes_.resize(index + 1);
  if (lanes_[index] == nullptr) {
    const ClientConfig& config = configuration_.client_config();
    const LaneLimits limits{
        .kept_connections =
            std::max(config.lane_size(), config.max_connections_per_host()) + spare_connections,
        .connections_max = config.max_connections_per_host(),
        .connection_streams = config.max_streams()};
    lanes_[index] = std::make_unique<Lane>(static_cast<LaneHost&>(*this), index, limits);
    if (!housekeeping_.is_scheduled())
      timers_.schedule(housekeeping_, SteadyClock::now() + housekeeping_interval);
  }
  return *lanes_[index];
}

void Agent::on_handler_due(RequestHandler& handler) {
  agent_thread.assume_held();
  std::optional<TransferFailure> overrun = handler.clock().overrun(SteadyClock::now());
  if (overrun) {
    if (handler.placement.lane != nullptr) handler.placement.lane->remove(handler);
    finish(handler, handler.fail(std::move(*overrun)));
  } else if (handler.placement.origin != nullptr) {
    handler.arm(handler.clock().next_due());  // something came or went meanwhile
  } else {
    enter_queue(handler);
  }
}

void Agent::on_transfer_finished(RequestHandler& handler, CURLcode code) {
  agent_thread.assume_held();
  if (!handler.needs_fresh_connection()) {
    finish(handler, handler.finish(code));
    return;
  }
  sockets_.release(handler, false);
  try {
    handler.restart_on_fresh_connection(share_.get());
  } catch (const CurlError& error) {
    finish(handler, handler.fail({.code = ErrorCode::internal, .message = error.what()}));
    return;
  } catch (const std::bad_alloc&) {
    finish(handler, handler.fail(out_of_memory()));
    return;
  }
  put_into_lane(handler);
}

void Agent::finish(RequestHandler& handler, TransferResult result) {
  detach(handler);
  handler.listener().on_transfer_done(std::move(result));
  recycle(handler);
  const auto idle_origins_max = static_cast<std::size_t>(configuration_.connection_pool_size());
  if (const Origin* surplus = origins_.surplus(idle_origins_max)) sockets_.shut_down_idle(*surplus);
}

void Agent::detach(RequestHandler& handler) noexcept {
  timers_.cancel(handler);
  sockets_.release(handler, handler.is_multiplexed());
  if (Origin* const origin = std::exchange(handler.placement.origin, nullptr)) {
    if (handler.has_slot() && handler.OriginQueue::Entry::is_linked()) admitted_.remove(handler);
    origin->queue.leave(handler);
    admit_waiting(*origin);
    origins_.end_transfer(*origin);
  }
  handlers_.remove(handler);
  load_.fetch_sub(1, std::memory_order_relaxed);
}

void Agent::recycle(RequestHandler& handler) noexcept {
  const std::unique_ptr<RequestHandler> owned(&handler);
  EasyHandle easy = handler.take_easy();
  if (!quirks_.needs_fresh_handles && easy.set_if_known<CURLOPT_SHARE>(nullptr))
    easy_handles_.put(std::move(easy));
}

void Agent::on_lane_ready(Lane& lane) {
  if (!lane.is_linked()) ready_lanes_.push_back(lane);
}

void Agent::retire(Lane& lane, const std::string& reason) {
  std::vector<RequestHandler*> victims;
  handlers_.for_each([&](RequestHandler& handler) {
    if (handler.placement.lane == &lane) victims.push_back(&handler);
  });
  for (RequestHandler* handler : victims) {
    try {
      lane.remove(*handler);
    } catch (const CurlError&) {
      lane.forget(*handler);
    }
    finish(*handler,
           handler->fail(
               {.type = ErrorType::connection, .code = ErrorCode::internal, .message = reason}));
  }
  if (lane.is_linked()) ready_lanes_.remove(lane);
  lanes_[lane.index()].reset();
}

// --- Clearing up ---

void Agent::Housekeeping::on_due() {
  agent_thread.assume_held();
  agent_.drop_unused_lanes();
}

void Agent::drop_unused_lanes() {
  bool is_any_left = false;
  for (std::unique_ptr<Lane>& lane : lanes_) {
    if (lane == nullptr) continue;
    if (lane->was_used()) {
      is_any_left = true;
      continue;
    }
    if (lane->is_linked()) ready_lanes_.remove(*lane);
    lane.reset();  // closes its connections
  }
  if (is_any_left) timers_.schedule(housekeeping_, SteadyClock::now() + housekeeping_interval);
}

void Agent::give_back(RequestHandler& handler) noexcept {
  try {
    if (handler.placement.lane != nullptr) handler.placement.lane->remove(handler);
  } catch (const CurlError&) {
    handler.placement.lane->forget(handler);  // all lanes end with the agent
  }
  detach(handler);
  handler.listener().on_transfer_given_back();
  recycle(handler);
}

void Agent::give_everything_back() noexcept {
  MpscBatch<RequestHandler> batch = channel_.close();
  incoming_.move_all_to(handlers_);
  while (RequestHandler* handler = batch.pop()) handlers_.push_back(*handler);
  while (!handlers_.empty()) give_back(handlers_.front());
  while (Lane* lane = ready_lanes_.pop_front()) static_cast<void>(lane);
  lanes_.clear();
  timers_.cancel(housekeeping_);
  may_have_ready_sockets_ = false;
}

}  // namespace async_http_pool
