#include "agent/lane.hpp"

#include "agent/origin_table.hpp"
#include "agent/request_handler.hpp"
#include "agent/socket_table.hpp"

#include <chrono>
#include <exception>

namespace async_http_pool {

namespace {

Readiness readiness_of(int curl_what) noexcept {
  switch (curl_what) {
    case CURL_POLL_IN:
      return Readiness::readable;
    case CURL_POLL_OUT:
      return Readiness::writable;
    case CURL_POLL_INOUT:
      return Readiness::readable | Readiness::writable;
    default:
      return Readiness::none;
  }
}

int curl_events_of(Readiness readiness) noexcept {
  // An end or an error is for libcurl to find by reading: the error bit alone makes it give up
  // without a look.
  int events = 0;
  if (has(readiness, Readiness::readable | Readiness::hang_up | Readiness::failed))
    events |= CURL_CSELECT_IN;
  if (has(readiness, Readiness::writable | Readiness::failed)) events |= CURL_CSELECT_OUT;
  if (has(readiness, Readiness::failed)) events |= CURL_CSELECT_ERR;
  return events;
}

}  // namespace

Lane::Lane(LaneHost& host, std::size_t index, const LaneLimits& limits)
    : host_(host), index_(index) {
  void* const self = this;
  multi_.set<CURLMOPT_SOCKETFUNCTION>(&Lane::on_socket_interest);
  multi_.set<CURLMOPT_SOCKETDATA>(self);
  multi_.set<CURLMOPT_TIMERFUNCTION>(&Lane::on_timer_request);
  multi_.set<CURLMOPT_TIMERDATA>(self);
  // libcurl's default shrinks to almost nothing after a burst
  multi_.set<CURLMOPT_MAXCONNECTS>(limits.kept_connections);
  // Of all hosts, not of each: an origin that is limited has the lane to itself, and libcurl takes
  // a proxy for the host.
  multi_.set<CURLMOPT_MAX_TOTAL_CONNECTIONS>(limits.connections_max);
  // The server's limit counts if it is lower.
  multi_.set<CURLMOPT_MAX_CONCURRENT_STREAMS>(limits.connection_streams);
}

Lane::~Lane() {
  // libcurl may still call back while it closes the connections: not a lane that is about to go.
  // It knows both options, since the constructor set them.
  static_cast<void>(curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, nullptr));
  static_cast<void>(curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, nullptr));
  host_.timers().cancel(*this);
}

void Lane::add(RequestHandler& handler) {
  Origin::LaneUse& use = handler.placement.origin->use_of(index_);
  multi_.add(handler.easy());
  ++use.transfers;
  ++transfer_count_;
  was_used_ = true;
  handler.placement.lane = this;
}

void Lane::remove(RequestHandler& handler) {
  multi_.remove(handler.easy());
  forget(handler);
}

void Lane::forget(RequestHandler& handler) noexcept {
  --handler.placement.origin->lanes[index_].transfers;
  --transfer_count_;
  handler.placement.lane = nullptr;
}

void Lane::on_socket_event(int fd, Readiness readiness) {
  multi_.act_on(fd, curl_events_of(readiness));
  host_.on_lane_ready(*this);
}

void Lane::on_due() {
  is_time_due_ = true;
  host_.on_lane_ready(*this);
}

void Lane::run() {
  if (is_time_due_) {
    is_time_due_ = false;
    multi_.act_on(CURL_SOCKET_TIMEOUT, 0);
  }
  report_finished();
}

void Lane::report_finished() {
  while (const CURLMsg* message = multi_.next_message()) {
    if (message->msg != CURLMSG_DONE) continue;
    RequestHandler& handler = *RequestHandler::of(message->easy_handle);
    const CURLcode code = message->data.result;
    remove(handler);  // `message` is invalid from here on
    host_.on_transfer_finished(handler, code);
  }
}

int Lane::on_socket_interest(CURL* easy, curl_socket_t fd, int what, void* self,
                             void* unused) noexcept {
  static_cast<void>(unused);
  agent_thread.assume_held();
  auto& lane = *static_cast<Lane*>(self);
  try {
    lane.host_.sockets().want(fd, readiness_of(what), lane, RequestHandler::of(easy));
    return 0;
  } catch (const std::exception&) {
    return -1;  // no memory to watch the socket: fails the multi handle's call, and so the lane
  }
}

int Lane::on_timer_request(CURLM* multi, long timeout_ms, void* self) noexcept {
  static_cast<void>(multi);
  agent_thread.assume_held();
  auto& lane = *static_cast<Lane*>(self);
  try {
    if (timeout_ms < 0) {
      lane.host_.timers().cancel(lane);
    } else if (timeout_ms == 0) {
      lane.host_.timers().cancel(lane);
      lane.on_due();
    } else {
      lane.host_.timers().schedule(lane,
                                   SteadyClock::now() + std::chrono::milliseconds(timeout_ms));
    }
    return 0;
  } catch (const std::exception&) {
    return -1;
  }
}

}  // namespace async_http_pool
