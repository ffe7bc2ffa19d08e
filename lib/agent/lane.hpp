#pragma once

#include "agent/selector.hpp"
#include "base/intrusive_list.hpp"
#include "base/thread_role.hpp"
#include "base/timer_queue.hpp"
#include "curl/multi_handle.hpp"

#include <cstddef>
#include <utility>

namespace async_http_pool {

class Lane;
class RequestHandler;
class SocketTable;

struct LaneLimits {
  long kept_connections;        ///< how many connections libcurl keeps, in use or not
  long connections_max = 0;     ///< beyond them transfers wait; 0: none
  long connection_streams = 1;  ///< requests that one HTTP/2 connection carries at a time
};

/// What a lane needs of its agent.
class LaneHost {
 public:
  /// The lane has something to do: call its `run` soon.
  virtual void on_lane_ready(Lane& lane) = 0;
  virtual void on_transfer_finished(RequestHandler& handler, CURLcode code) = 0;
  [[nodiscard]] virtual TimerQueue& timers() noexcept = 0;
  [[nodiscard]] virtual SocketTable& sockets() noexcept = 0;

 protected:
  ~LaneHost() = default;
};

/// One multi handle and the transfers in it. agent-thread
///
/// Why several: libcurl looks at every connection of a host for each new transfer, so that with
/// thousands in one multi handle a request costs more the more there are.
class Lane final : public Timer, public ListNode<Lane> {
 public:
  /// `index`: its number at the agent. Throws `std::bad_alloc` and `CurlError`.
  Lane(LaneHost& host, std::size_t index, const LaneLimits& limits);
  ~Lane();

  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] int transfer_count() const noexcept { return transfer_count_; }
  /// Whether it has transfers, or has had since the last call.
  [[nodiscard]] bool was_used() noexcept {
    return std::exchange(was_used_, false) || transfer_count_ > 0;
  }

  /// Starts a transfer; libcurl does nothing for it before the next `run`. Throws `CurlError`.
  void add(RequestHandler& handler);
  /// Ends a transfer, finished or not. Throws `CurlError`.
  void remove(RequestHandler& handler);
  /// For a transfer that `remove` could not end, in a lane that is about to go.
  void forget(RequestHandler& handler) noexcept;

  /// Tells libcurl of an event on a socket. Throws `CurlError` when the multi handle is beyond
  /// repair.
  void on_socket_event(int fd, Readiness readiness);
  /// Lets libcurl do what is due, and tells of the transfers that are over. Throws like
  /// `on_socket_event`.
  void run();
  void on_due() override;

 private:
  static int on_socket_interest(CURL* easy, curl_socket_t fd, int what, void* self,
                                void* unused) noexcept;
  static int on_timer_request(CURLM* multi, long timeout_ms, void* self) noexcept;
  void report_finished();

  LaneHost& host_;
  const std::size_t index_;
  int transfer_count_ = 0;
  bool is_time_due_ = false;
  bool was_used_ = false;
  MultiHandle multi_;
};

}  // namespace async_http_pool
