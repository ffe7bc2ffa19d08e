// The part of Agent that decides in which lane a transfer goes on, and when lanes go.

#include "agent/agent.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace async_http_pool {

namespace {

constexpr std::chrono::seconds housekeeping_interval{60};
constexpr long spare_connections = 8;  // that a lane keeps beyond its transfers

}  // namespace

void Agent::put_into_lane(RequestHandler& handler) {
  try {
    if (handler.easy() == nullptr) handler.prepare(easy_handles_.take());
    handler.use_share(share_.get());
    handler.open_body();
    if (handler.obstacle()) {
      finish(handler, handler.fail(*handler.obstacle()));
      return;
    }
    if (handler.is_canned()) {
      handler.play();
    } else {
      handler.use_url(urls_.find(handler.order().request.url()));
      lane_for(*handler.placement.origin).add(handler);
    }
  } catch (const std::bad_alloc&) {
    finish_without_memory(handler);
  } catch (const std::exception& error) {
    finish(
        handler,
        handler.fail({.code = ErrorCode::internal, .message = error.what(), .never_sent = true}));
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
    if (!origin.has_connection_for_more(index) ||
        !origin.has_streams_for_more(index, limits.max_streams()))
      continue;
    // Also where others have filled the lane by now, but not without end: whether libcurl can use
    // that connection depends on options. Where requests are limited, so is their number.
    const bool may_crowd = limits.max_in_flight_per_host() > 0 || lanes_[index] == nullptr ||
                           lanes_[index]->transfer_count() < 2 * configuration_.lane_size();
    if (may_crowd) return lane_at(index);
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
  }
  return *lanes_[index];
}

void Agent::take_from_lane(RequestHandler& handler) noexcept {
  if (handler.placement.lane == nullptr) return;
  try {
    handler.placement.lane->remove(handler);
  } catch (const CurlError&) {
    handler.placement.lane->forget(handler);
  }
}

void Agent::break_off(RequestHandler& handler) {
  const bool needs_help = quirks_.holds_stream_resets_back && handler.was_sent_over_http2() &&
                          handler.placement.lane != nullptr;
  const Lane* const lane = handler.placement.lane;
  const RequestHandler::Placement::Socket socket = handler.placement.socket;
  if (needs_help) handler.close_connection_if_unused();
  take_from_lane(handler);
  if (!needs_help) return;
  std::vector<RequestHandler*> neighbours;
  handlers_.for_each([&](RequestHandler& other) {
    if (other.placement.lane == lane && other.placement.socket == socket && &other != &handler)
      neighbours.push_back(&other);
  });
  for (RequestHandler* neighbour : neighbours) {
    const CURLcode code = neighbour->flush_connection();
    if (code == CURLE_OK) return;
    if (code == CURLE_BAD_FUNCTION_ARGUMENT) continue;  // it is over, but for its report
    take_from_lane(*neighbour);
    finish(*neighbour, neighbour->finish(code));
  }
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

void Agent::keep_house_later() {
  if (!housekeeping_.is_scheduled())
    timers_.schedule(housekeeping_, SteadyClock::now() + housekeeping_interval);
}

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
  blocks_.clear();  // of a burst
  if (is_any_left) keep_house_later();
}

}  // namespace async_http_pool
