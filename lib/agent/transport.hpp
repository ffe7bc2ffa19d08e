#pragma once

#include "base/clock.hpp"
#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/request.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

class PostedOrder;
class TransferRemote;

/// An answer that comes from somewhere else than the network, for tests.
struct CannedAnswer {
  int status = 200;
  Headers headers = {};
  std::vector<std::string> pieces = {};  ///< of the body, as a server would send them
  Headers trailers = {};
  std::chrono::milliseconds delay{0};           ///< before the head, and between pieces
  std::optional<TransferFailure> failure = {};  ///< how it ends, behind the pieces
  bool has_head = true;                         ///< false: it fails before there is one
};

/// Is shown what the network answers to one request, for tests. agent-thread, inside libcurl
/// callbacks: it keeps, and does nothing else.
class TransferTap {
 public:
  virtual ~TransferTap() = default;
  /// The last one counts: an earlier one was a round of authentication.
  virtual void on_head(int status, const Headers& headers) = 0;
  virtual void on_body(std::string_view bytes) = 0;
  virtual void on_end(const Headers& trailers) noexcept = 0;
};

/// Stands before the network, for tests. any-thread
class TransferDouble {
 public:
  virtual ~TransferDouble() = default;
  /// Null: the network's to answer.
  [[nodiscard]] virtual std::shared_ptr<const CannedAnswer> answer_to(const Request& request,
                                                                      std::string_view cookies) = 0;
  /// For a request that goes to the network; null: it need not be seen.
  [[nodiscard]] virtual std::unique_ptr<TransferTap> tap(const Request& request) = 0;
};

/// Takes the body of a response as it arrives.
class BodySink {
 public:
  /// Inside a libcurl callback: calls nothing of the application's. Takes all of `bytes`, or none:
  /// false, and they come again when `TransferRemote::resume_body` was called. Throws
  /// `std::bad_alloc`.
  [[nodiscard]] virtual bool write(std::string_view bytes) = 0;

 protected:
  ~BodySink() = default;
};

/// One request to be sent once: no redirects, no retries.
struct TransferOrder {
  Request request;
  std::string_view origin;      ///< of the request's URL, see origin_of; the listener keeps it
  std::string_view request_id;  ///< sent as x-request-id; the listener keeps it
  std::chrono::milliseconds timeout;      ///< the time that the whole task was given, for messages
  TimePoint deadline;                     ///< when it fails with a time-out, whatever its state
  TimePoint start_at = TimePoint::min();  ///< when it may go out; before that it waits
  bool is_follow_up = false;              ///< of a request that was submitted before: comes first
  bool may_ask = true;                    ///< for "100 Continue", if `expect_timeout` says so
  std::string cookies = {};               ///< of a jar: joins the request's own `cookie` field
  /// Whether the listener wants the body as it comes: see `on_head`.
  bool streams_body = false;
  bool wants_progress = false;                   ///< see `on_transfer_progress`
  TimePoint stream_deadline = TimePoint::max();  ///< instead of `deadline`, once there is a sink
  std::chrono::milliseconds stream_timeout{0};   ///< for messages
  std::shared_ptr<TransferRemote> remote = {};   ///< null: nobody will call on this one
};

/// How a transfer ended: with a failure, or with a response of any status.
struct TransferResult {
  std::optional<TransferFailure> failure;
  bool has_response_bytes = false;      ///< some of a response arrived, even if it failed later
  bool is_expectation_refused = false;  ///< a 417: to be sent again, without asking
  int status = 0;
  Headers headers;
  Headers trailers;
  std::vector<std::string> earlier_cookies;  ///< see `ResponseHead::earlier_cookies`
  std::optional<std::string> body;           ///< decoded; none when the response has none
  /// Of this attempt: without what only the whole request has.
  Metrics metrics;
  std::optional<TlsInfo> tls;  ///< of the connection that it was sent over
  bool is_streamed = false;    ///< its head was taken by `on_head`, and its body by the sink
};

/// The head of a response whose body a sink takes.
struct TransferHead {
  int status = 0;
  Headers headers;
  std::optional<std::size_t> body_bytes;     ///< that will reach the sink, if that is known
  std::vector<std::string> earlier_cookies;  ///< see `ResponseHead::earlier_cookies`
  Metrics metrics;                           ///< so far, of this attempt
  std::optional<TlsInfo> tls;
};

/// Learns how a transfer goes. agent-thread, never inside a libcurl callback.
class TransferListener {
 public:
  /// The request is handed to libcurl. Not called again when it is sent once more on a fresh
  /// connection.
  virtual void on_transfer_started() noexcept = 0;
  /// Only with `streams_body`, and inside a libcurl callback: decides, and calls nothing of the
  /// application's. The head of a final response is there. Null: its body is collected and comes
  /// with the result.
  virtual BodySink* on_head(int status, const Headers& headers) noexcept {
    static_cast<void>(status);
    static_cast<void>(headers);
    return nullptr;
  }
  /// Soon after `on_head` gave a sink, and before what comes below.
  virtual void on_stream_started(TransferHead&& head) noexcept { static_cast<void>(head); }
  /// The sink got bytes.
  virtual void on_stream_bytes() noexcept {}
  /// Only with `wants_progress`: bytes of the bodies that went and came, before decoding.
  virtual void on_transfer_progress(std::uint64_t bytes_sent,
                                    std::uint64_t bytes_received) noexcept {
    static_cast<void>(bytes_sent);
    static_cast<void>(bytes_received);
  }
  // Then exactly one of these, last. The listener may be destroyed in it.
  virtual void on_transfer_done(TransferResult&& result) noexcept = 0;
  /// The transport stopped before the transfer was over.
  virtual void on_transfer_given_back() noexcept = 0;

 protected:
  ~TransferListener() = default;
};

/// What carries requests to servers: all that the exchange knows of the agents.
class Transport {
 public:
  virtual ~Transport() = default;
  /// any-thread. Hands a request over; `order` stays where it is until its listener hears of it.
  /// False when the transport is closed: the listener will not hear of it. Throws what a
  /// `TransferDouble` throws; then it won't either.
  [[nodiscard]] virtual bool submit(PostedOrder& order) = 0;
  /// any-thread. For a request to `origin`, and all that it leads to: they will be one agent's.
  [[nodiscard]] virtual std::shared_ptr<TransferRemote> make_remote(std::string_view origin) = 0;
};

}  // namespace async_http_pool
