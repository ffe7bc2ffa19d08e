// The part of RequestHandler that stops what libcurl would send again on its own account, whatever
// the method, up to five times at once: LIBCURL.md F4. Retries are for the exchange to decide,
// which counts them.

#include "agent/request_handler.hpp"
#include "agent/socket_table.hpp"
#include "http/method.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace async_http_pool {

namespace {

/// Within this time of the request its connection is lost when the server had closed it before.
constexpr std::chrono::milliseconds staleness_max{500};

}  // namespace

bool RequestHandler::is_silent_resend() const noexcept {
  return was_sent_ && response_.header_bytes() == header_bytes_when_sent_;
}

bool RequestHandler::may_resend() {
  if (is_http1_required()) return true;
  const bool is_alone = connection_use_ != nullptr && connection_use_->requests == 1;
  const bool is_harmless = is_idempotent(order_.request.method());
  // A server ends its HTTP/2 connections now and then (GOAWAY), with many requests on them that it
  // did not take. One more try for each, not five: who refuses a burst is not to have it again and
  // again at once.
  if (was_sent_over_http2() && !is_alone && is_harmless && !is_resent_) return true;
  // Servers that close after each challenge: to start over would not help.
  const bool is_later_round = header_bytes_when_sent_ > 0;
  if (is_later_round && is_harmless && !is_resent_) return true;
  TransferFailure failure = {.type = ErrorType::connection, .code = ErrorCode::response_lost};
  if (is_alone) {
    // Of a connection that carried nothing else libcurl repeats only a stream that was refused: by
    // REFUSED_STREAM, or a GOAWAY that names an earlier one. Once others use it, too, a connection
    // that broke looks the same.
    failure.code = ErrorCode::stream_refused;
    failure.message = "server did not take the request (HTTP/2)";
    failure.never_sent = true;
  } else if (is_harmless) {
    failure.message = "connection was lost before the response";
    // HTTP/2 shares its connections: that one was lost says more than that it was idle.
    failure.is_stale_connection =
        !was_sent_over_http2() && clock_.since_last_event() <= staleness_max;
  } else {
    failure.message = "connection was lost before the response; a " + order_.request.method() +
                      " request is not sent twice";
  }
  own_failure_ = std::move(failure);
  return false;
}

bool RequestHandler::was_sent_over_http2() const noexcept { return tls_ && tls_->alpn == "h2"; }

bool RequestHandler::may_share_connection() const noexcept {
  const HttpVersion wanted = options().http_version();
  return was_sent_over_http2() || wanted == HttpVersion::http2_prior_knowledge ||
         wanted == HttpVersion::http3;
}

bool RequestHandler::is_http1_required() const noexcept {
  // The server did not process it (RFC 9113, section 7), and libcurl is about to do as it says. The
  // whole buffer, as libcurl may have written a shorter text over the beginning.
  const std::string_view text(error_text_.data(), error_text_.size());
  return was_sent_over_http2() && text.find("HTTP_1_1_REQUIRED") != std::string_view::npos;
}

}  // namespace async_http_pool
