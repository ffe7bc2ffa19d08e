#pragma once

#include "base/clock.hpp"
#include "response/transfer_failure.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace async_http_pool {

/// How long a transfer may take; zero switches a limit off.
struct TimeLimits {
  TimePoint deadline{};                  ///< of the whole task
  std::chrono::milliseconds timeout{0};  ///< the time that the task was given, for messages
  std::chrono::milliseconds attempt{0};
  std::chrono::milliseconds first_byte{0};
  std::chrono::milliseconds idle{0};
};

/// Knows how far a transfer is, and which of its time limits is next. Keeps the time of what
/// happened last, so that a piece that comes or goes costs no timer: whoever is woken at `next_due`
/// asks `overrun`, and goes to sleep again if it is empty. A value; time comes in as a parameter.
class TransferClock {
 public:
  explicit TransferClock(const TimeLimits& limits) noexcept : limits_(limits) {}

  // What happens, in this order.

  /// libcurl got the transfer. Again, when the connection turned out to be dead before it was used:
  /// that belongs to the same attempt.
  void on_started(TimePoint now) noexcept;
  /// There is a connection, and the request is about to go out.
  void on_connected(TimePoint now, bool has_body) noexcept;
  /// After `on_connected`: the request asks whether its body is wanted, and waits so long for an
  /// answer.
  void await_go_ahead(std::chrono::milliseconds wait) noexcept;
  /// A piece of the request's body went out.
  void on_sent(TimePoint now, bool is_complete) noexcept;
  /// Some of the response came, of the final one: interim ones (1xx) are no answer.
  void on_received(TimePoint now) noexcept;
  /// The response has to wait for its reader, which is nobody's idleness.
  void on_paused() noexcept { phase_ = Phase::paused; }
  /// From here on another deadline counts: the response is there, its body takes as long as it
  /// takes. `timeout` is for messages.
  void set_deadline(TimePoint deadline, std::chrono::milliseconds timeout) noexcept {
    limits_.deadline = deadline;
    limits_.timeout = timeout;
  }

  /// Whether anything depends on `on_sent` and `on_received`.
  [[nodiscard]] bool needs_progress() const noexcept {
    return limits_.idle.count() > 0 || limits_.first_byte.count() > 0;
  }
  /// Whether the request's body is on its way.
  [[nodiscard]] bool is_sending() const noexcept { return phase_ == Phase::sending; }
  [[nodiscard]] bool is_started() const noexcept { return phase_ != Phase::queued; }
  [[nodiscard]] TimePoint::duration since_last_event() const noexcept {
    return SteadyClock::now() - last_event_at_;
  }
  /// The soonest limit, or the end of that wait. The first of each kind of event may bring it
  /// forward, more of the same do not.
  [[nodiscard]] TimePoint next_due() const noexcept;
  /// Whether the wait for the answer is over. Then it begins again, twice as long each time and
  /// short at first, until `forget_go_ahead`.
  [[nodiscard]] bool take_go_ahead(TimePoint now) noexcept;
  void forget_go_ahead() noexcept { go_ahead_due_ = TimePoint::max(); }
  /// The limit that is over, if any. Throws `std::bad_alloc`.
  [[nodiscard]] std::optional<TransferFailure> overrun(TimePoint now) const;
  /// The failure of a connection that took too long by libcurl's clock. Throws `std::bad_alloc`.
  [[nodiscard]] std::string describe_connect_timeout(TimePoint now) const;

 private:
  enum class Phase { queued, connecting, sending, awaiting, receiving, paused };
  [[nodiscard]] TransferFailure time_out(ErrorCode code, std::string message) const;
  [[nodiscard]] TimePoint limit_due() const noexcept;
  [[nodiscard]] TimePoint attempt_due() const noexcept;
  [[nodiscard]] TimePoint phase_due() const noexcept;

  TimeLimits limits_;
  Phase phase_ = Phase::queued;
  TimePoint started_at_{};
  TimePoint last_event_at_{};
  TimePoint go_ahead_due_ = TimePoint::max();
  std::chrono::milliseconds go_ahead_delay_{0};
};

}  // namespace async_http_pool
