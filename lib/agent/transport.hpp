#pragma once

#include "base/clock.hpp"
#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/request.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace async_http_pool {

/// One request to be sent once: no redirects, no retries.
struct TransferOrder {
  Request request;
  std::string origin;                     ///< of the request's URL, see origin_of
  std::string request_id;                 ///< sent as x-request-id
  std::chrono::milliseconds timeout;      ///< the time that the whole task was given, for messages
  TimePoint deadline;                     ///< when it fails with a time-out, whatever its state
  TimePoint start_at = TimePoint::min();  ///< when it may go out; before that it waits
  bool may_ask = true;                    ///< for "100 Continue", if `expect_timeout` says so
  std::string cookies = {};               ///< of a jar: joins the request's own `cookie` field
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
};

/// Learns how a transfer goes. agent-thread, never inside a libcurl callback.
class TransferListener {
 public:
  /// The request is handed to libcurl. Not called again when it is sent once more on a fresh
  /// connection.
  virtual void on_transfer_started() noexcept = 0;
  // Then exactly one of these, last. The listener may be destroyed in it.
  virtual void on_transfer_done(TransferResult result) noexcept = 0;
  /// The transport stopped before the transfer was over.
  virtual void on_transfer_given_back() noexcept = 0;

 protected:
  ~TransferListener() = default;
};

/// What carries requests to servers: all that the exchange knows of the agents.
class Transport {
 public:
  virtual ~Transport() = default;
  /// any-thread. Hands a request over. False when the transport is closed: `listener` will not hear
  /// of it. Throws `std::bad_alloc` or `CurlError` when the request cannot be prepared; then
  /// `listener` won't either.
  [[nodiscard]] virtual bool submit(TransferOrder order, TransferListener& listener) = 0;
};

}  // namespace async_http_pool
