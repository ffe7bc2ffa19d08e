#include "agent/transfer_clock.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {
namespace {

// libcurl begins to wait a little later than we do, when the head of the request is out, and counts
// whole milliseconds.
constexpr std::chrono::milliseconds go_ahead_delay_min{2};

double seconds(TimePoint::duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

TimePoint after(TimePoint start, std::chrono::milliseconds limit) noexcept {
  return limit.count() > 0 ? start + limit : TimePoint::max();
}

}  // namespace

TransferFailure TransferClock::time_out(ErrorCode code, std::string message) const {
  return {.type = ErrorType::timeout,
          .code = code,
          .message = std::move(message),
          .never_sent = phase_ == Phase::queued || phase_ == Phase::connecting};
}

void TransferClock::on_started(TimePoint now) noexcept {
  if (phase_ == Phase::queued) started_at_ = now;
  phase_ = Phase::connecting;
  last_event_at_ = now;
}

void TransferClock::on_connected(TimePoint now, bool has_body) noexcept {
  phase_ = has_body ? Phase::sending : Phase::awaiting;
  last_event_at_ = now;
  forget_go_ahead();  // in another round, perhaps, which asked
}

void TransferClock::await_go_ahead(std::chrono::milliseconds wait) noexcept {
  go_ahead_delay_ = go_ahead_delay_min;
  go_ahead_due_ = last_event_at_ + wait + go_ahead_delay_;
}

bool TransferClock::take_go_ahead(TimePoint now) noexcept {
  if (now < go_ahead_due_) return false;
  go_ahead_delay_ *= 2;
  go_ahead_due_ = now + go_ahead_delay_;
  return true;
}

void TransferClock::on_sent(TimePoint now, bool is_complete) noexcept {
  if (phase_ == Phase::sending && is_complete) phase_ = Phase::awaiting;
  last_event_at_ = now;
}

void TransferClock::on_received(TimePoint now) noexcept {
  phase_ = Phase::receiving;
  last_event_at_ = now;
}

TimePoint TransferClock::attempt_due() const noexcept {
  return is_started() ? after(started_at_, limits_.attempt) : TimePoint::max();
}

TimePoint TransferClock::phase_due() const noexcept {
  switch (phase_) {
    case Phase::sending:
    case Phase::receiving:
      return after(last_event_at_, limits_.idle);
    case Phase::awaiting:
      return after(last_event_at_, limits_.first_byte);
    case Phase::queued:
    case Phase::paused:
    case Phase::connecting:  // libcurl's affair: it divides the time among the addresses
      break;
  }
  return TimePoint::max();
}

TimePoint TransferClock::limit_due() const noexcept {
  return std::min({limits_.deadline, attempt_due(), phase_due()});
}

TimePoint TransferClock::next_due() const noexcept { return std::min(limit_due(), go_ahead_due_); }

std::optional<TransferFailure> TransferClock::overrun(TimePoint now) const {
  const TimePoint due = limit_due();
  if (now < due) return std::nullopt;
  if (due == limits_.deadline) {
    return time_out(ErrorCode::request_timeout,
                    fmt::format("request timed out after {} s",
                                static_cast<double>(limits_.timeout.count()) / 1000.0));
  }
  if (due == attempt_due()) {
    return time_out(ErrorCode::attempt_timeout,
                    fmt::format("attempt timed out after {:.3f} s", seconds(now - started_at_)));
  }
  const double elapsed = seconds(now - last_event_at_);
  if (phase_ == Phase::awaiting) {
    return time_out(ErrorCode::first_byte_timeout,
                    fmt::format("no response {:.3f} s after the request was sent", elapsed));
  }
  return time_out(ErrorCode::idle_timeout,
                  fmt::format("no byte {} for {:.3f} s",
                              phase_ == Phase::sending ? "of the request could be sent"
                                                       : "of the response came",
                              elapsed));
}

std::string TransferClock::describe_connect_timeout(TimePoint now) const {
  return fmt::format("connection timed out after {:.3f} s", seconds(now - last_event_at_));
}

}  // namespace async_http_pool
