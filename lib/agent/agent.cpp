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
constexpr int sleep_ms_max = 60'000;
constexpr std::size_t kept_bytes_max = std::size_t{64} << 20;
constexpr std::size_t starts_at_once = 128;  // a burst must not hold answers and timers up
constexpr std::size_t many_events =
    2;  // a look that finds so many is followed by another without sleeping

}  // namespace

Agent::Agent(const Configuration& configuration, std::unique_ptr<Selector> selector,
             std::shared_ptr<TransferDouble> transfer_double)
    : configuration_(configuration),
      quirks_(quirks_of(loaded_curl_version())),
      transfer_double_(std::move(transfer_double)),
      stop_at_(never),
      mailbox_(std::make_shared<AgentMailbox>()),
      blocks_(kept_bytes_max),
      easy_handles_(!quirks_.needs_fresh_handles),
      selector_(std::move(selector)),
      sockets_(*selector_, origins_),
      housekeeping_(*this) {}

Agent::~Agent() { timers_.cancel(housekeeping_); }

// --- any-thread ---

bool Agent::submit(PostedOrder& order) {
  order.ask(transfer_double_.get());
  load_.fetch_add(1, std::memory_order_relaxed);
  if (mailbox_->post(order)) return true;  // and is over already, perhaps
  load_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

std::shared_ptr<TransferRemote> Agent::make_remote(std::string_view origin) {
  static_cast<void>(origin);
  return std::make_shared<TransferRemote>(mailbox_);
}

void Agent::stop_at(TimePoint deadline) noexcept {
  const TimePoint::rep wanted = deadline.time_since_epoch().count();
  TimePoint::rep current = stop_at_.load(std::memory_order_relaxed);
  while (wanted < current &&
         !stop_at_.compare_exchange_weak(current, wanted, std::memory_order_relaxed)) {
  }
  mailbox_->control.wake();
}

void Agent::reopen() noexcept {
  stop_at_.store(never, std::memory_order_relaxed);
  mailbox_->channel.reopen();
}

// --- The loop ---

std::optional<std::string> Agent::run(const FailureHook& on_failure) noexcept {
  const ThreadRoleScope role(agent_thread);
  const BlockCacheScope memory(blocks_);
  std::optional<std::string> failure;
  try {
    while (!is_over()) turn();
  } catch (const std::exception& error) {
    failure = error.what();
    if (on_failure != nullptr) on_failure(*failure);
  }
  give_everything_back();
  return failure;
}

bool Agent::is_over() const noexcept {
  const TimePoint::rep stop_at = stop_at_.load(std::memory_order_relaxed);
  return stop_at != never && SteadyClock::now().time_since_epoch().count() >= stop_at;
}

// Application code runs in most steps, and may stop the agent: then nothing more is sent.
void Agent::turn() {
  if (has_work() || !mailbox_->channel.fall_asleep()) {
    may_have_ready_sockets_ = true;  // perhaps: what keeps it awake must not starve the sockets
  } else {
    sleep();
  }
  const bool may_look = std::exchange(may_have_ready_sockets_, false);
  // What is in little company has its turn before the others' answers are read and again before
  // their orders are sent, so that it waits for half of theirs at most.
  if (may_look) handle_ready_sockets(Company::few);
  report_ended();
  send(Company::few);
  if (may_look) handle_ready_sockets(Company::many);
  report_ended();
  if (may_look) handle_ready_sockets(Company::few);
  report_ended();
  send(Company::few);
  send(Company::many);
}

void Agent::report_ended() {
  timers_.run_due(SteadyClock::now());
  tell_news();
  run_ready_lanes();
  recycle_worn_out();
}

void Agent::send(Company company) {
  if (is_over()) return;
  take_messages();
  if (is_over()) return;
  begin_orders(company);
  start_admitted();
  run_ready_lanes();
  tell_news();
  recycle_worn_out();
}

bool Agent::has_work() const noexcept {
  return !ready_lanes_.empty() || !waiting_.empty() || !admitted_.empty() || !news_.empty() ||
         may_have_ready_sockets_;
}

void Agent::sleep() {
  // A post wakes us, also one that came between fall_asleep() and here.
  const std::span<curl_waitfd> waitables = selector_->waitables();
  mailbox_->control.poll(waitables, sleep_ms());
  mailbox_->channel.stay_awake();
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
  MpscBatch<AgentMessage> batch = mailbox_->channel.take();
  while (AgentMessage* message = batch.pop()) message->deliver(*this);
}

void Agent::on_signals(TransferRemote& remote, std::uint32_t signals) noexcept {
  agent_thread.assume_held();
  const bool is_cancelled = (signals & TransferRemote::cancelled) != 0;
  if (PostedOrder* const order = is_cancelled ? remote.order : nullptr) {
    withdraw(*order);
    cancel(*order);
    return;
  }
  RequestHandler* const handler = remote.handler;
  if (handler == nullptr) return;  // between two attempts, or over
  try {
    if (is_cancelled) {
      cancel(*handler);
    } else {
      resume(*handler, signals);
    }
  } catch (const std::bad_alloc&) {
    finish_without_memory(*handler);
  }
}

void Agent::handle_ready_sockets(Company company) {
  const std::span<const Selector::Event> events = selector_->ready(company);
  if (events.size() >= many_events) may_have_ready_sockets_ = true;
  is_behind(company) = selector_->has_more();
  for (const auto& [fd, readiness] : events) {
    if (Lane* const lane = sockets_.lane_for_event(fd, readiness))
      act_on_socket(*lane, fd, readiness);
  }
}

void Agent::act_on_socket(Lane& lane, int fd, Readiness readiness) {
  try {
    lane.on_socket_event(fd, readiness);
  } catch (const CurlError& error) {
    retire(lane, error.what());
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
  // One step after the other for all of them: so the processor has the code at hand.
  while (RequestHandler::End* ended = ended_.pop_front())
    report(static_cast<RequestHandler&>(*ended));
}

void Agent::on_news(RequestHandler& handler) noexcept {
  if (!handler.RequestHandlerNews::is_linked()) news_.push_back(handler);
}

void Agent::tell_news() {
  while (RequestHandler::News* news = news_.pop_front()) {
    auto& handler = static_cast<RequestHandler&>(*news);
    handler.tell_news();
    if (handler.placement.lane == nullptr) continue;
    const CURLcode code = handler.feed_source(RequestHandler::SourceNotice::none);
    if (code != CURLE_OK) {
      take_from_lane(handler);
      finish(handler, handler.finish(code));
    }
  }
}

// --- The life of a transfer ---

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
  for (std::size_t started = 0; started < starts_at_once && !admitted_.empty(); ++started)
    start(static_cast<RequestHandler&>(*admitted_.pop_front()));
}

void Agent::start(RequestHandler& handler) {
  try {
    handler.start_clock(SteadyClock::now());
  } catch (const std::bad_alloc&) {
    finish_without_memory(handler);
    return;
  }
  handler.listener().on_transfer_started();
  put_into_lane(handler);
}

void Agent::on_multiplexed(RequestHandler& handler) {
  agent_thread.assume_held();
  if (configuration_.client_config().max_connections_per_host() == 0) return;
  handler.placement.origin->is_multiplexed = true;
  admit_waiting(*handler.placement.origin);
}

void Agent::on_handler_due(RequestHandler& handler) {
  agent_thread.assume_held();
  try {
    follow_clock(handler);
  } catch (const std::bad_alloc&) {
    finish_without_memory(handler);
  }
}

void Agent::follow_clock(RequestHandler& handler) {
  const TimePoint now = SteadyClock::now();
  std::optional<TransferFailure> overrun = handler.clock().overrun(now);
  if (overrun) {
    break_off(handler);
    finish(handler, handler.fail(std::move(*overrun)));
    return;
  }
  Lane* const lane = handler.is_body_overdue(now) ? handler.placement.lane : nullptr;
  handler.arm(handler.clock().next_due());  // something came or went meanwhile
  // What libcurl's own timer would do.
  const int fd = handler.placement.socket.fd;
  if (lane != nullptr && fd >= 0) act_on_socket(*lane, fd, Readiness::none);
}

void Agent::resume(RequestHandler& handler, std::uint32_t signals) {
  if (handler.is_canned() && handler.clock().is_started()) handler.go_on();
  if (handler.placement.lane == nullptr) return;
  CURLcode code = CURLE_OK;
  if ((signals & TransferRemote::body_room) != 0) code = handler.resume_body();
  if (code == CURLE_OK && (signals & TransferRemote::source_bytes) != 0)
    code = handler.feed_source(RequestHandler::SourceNotice::given);
  if (code == CURLE_OK) return;
  take_from_lane(handler);  // libcurl called back from inside, and will not say it again
  finish(handler, handler.finish(code));
}

}  // namespace async_http_pool
