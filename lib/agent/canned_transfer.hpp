#pragma once

#include "agent/transport.hpp"
#include "base/timer_queue.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace async_http_pool {

/// What takes a canned answer: by the doors that libcurl uses for others. agent-thread
class CannedTransferHost {
 public:
  enum class Progress { done, waits, failed };

  /// Sends some of the request's body, to nobody. Waits: until `CannedTransfer::go_on`.
  [[nodiscard]] virtual Progress send_body() = 0;
  /// False: it is refused.
  [[nodiscard]] virtual bool receive_line(std::string_view line) = 0;
  /// Whether this response can have one.
  [[nodiscard]] virtual bool expects_body() const noexcept = 0;
  /// Waits: it was not taken, and is to come again after `CannedTransfer::go_on`.
  [[nodiscard]] virtual Progress receive_body(std::string_view bytes) = 0;
  /// Last. `failure`: none when the answer is complete, or was refused on the way.
  virtual void on_played(CannedTransferHost::Progress progress,
                         std::optional<TransferFailure> failure) = 0;

 protected:
  ~CannedTransferHost() = default;
};

/// Plays an answer that does not come from the network, in its own time, so that limits, streams
/// and time limits are those of any other. agent-thread, but for its construction.
class CannedTransfer final : public Timer {
 public:
  /// `host` and `timers` must outlive it.
  CannedTransfer(std::shared_ptr<const CannedAnswer> answer, CannedTransferHost& host,
                 TimerQueue& timers) noexcept
      : answer_(std::move(answer)), host_(host), timers_(timers) {}
  ~CannedTransfer() { stop(); }

  void start();
  /// Nothing comes any more, also not what is due already.
  void stop() noexcept { timers_.cancel(*this); }
  /// What it waits for is there, perhaps.
  void go_on();

 private:
  using Progress = CannedTransferHost::Progress;
  enum class Step { sending, head, body, end };

  void on_due() override;
  /// Done: the answer is complete. Waits: for the host or the timer.
  [[nodiscard]] Progress play();
  [[nodiscard]] Progress play_head();
  [[nodiscard]] Progress play_body();
  [[nodiscard]] bool receive_fields(const Headers& fields);
  /// Goes on with `step`, when it is time.
  [[nodiscard]] Progress pause_before(Step step);
  void schedule(std::chrono::milliseconds delay);

  const std::shared_ptr<const CannedAnswer> answer_;  // shared with the double that gave it
  CannedTransferHost& host_;
  TimerQueue& timers_;
  Step step_ = Step::sending;
  std::size_t piece_ = 0;
  std::size_t position_ = 0;  // in the piece
};

}  // namespace async_http_pool
