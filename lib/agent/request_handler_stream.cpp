// The part of RequestHandler that hands a body on piece by piece, either way. What belongs to
// others happens outside of libcurl's callbacks, which only note that there is something to tell.

#include "agent/request_handler.hpp"
#include "curl/transfer_metrics.hpp"

#include <algorithm>
#include <utility>

namespace async_http_pool {

bool RequestHandler::may_have_another_round() const noexcept {
  if (!response_.is_head_complete()) return true;
  if (is_asking_ && response_.status() == 417) return true;
  if (response_.status() != 401 && response_.status() != 407) return false;
  // libcurl answers a challenge by itself. It has not said so yet when it hands out the headers,
  // but it keeps the bodies of such responses to itself.
  return !options().auth().empty() || !options().proxy_url().empty() ||
         options().proxy_from_environment();
}

bool RequestHandler::ask_for_sink() {
  if (!order_.streams_body || is_sink_asked_for_) return true;
  is_sink_asked_for_ = true;
  sink_ = listener_.on_head(response_.status(), response_.headers());
  if (sink_ == nullptr) return response_.check_announced_size();
  untold_head_ = std::make_unique<TransferHead>();
  response_.copy_to(*untold_head_);
  clock_.set_deadline(order_.stream_deadline, order_.stream_timeout);
  arm_if_sooner();
  host_.on_news(*this);
  return true;
}

std::size_t RequestHandler::stream_body(std::string_view bytes) {
  if (!sink_->write(bytes)) {
    is_body_paused_ = true;
    clock_.on_paused();
    return CURL_WRITEFUNC_PAUSE;
  }
  response_.count_streamed(bytes.size());
  has_untold_bytes_ = true;
  host_.on_news(*this);
  if (!response_.needs_ratio_check()) return bytes.size();
  return response_.check_ratio(static_cast<std::size_t>(encoded_bytes())) ? bytes.size()
                                                                          : refused_bytes;
}

void RequestHandler::tell_news() noexcept {
  if (untold_head_) {
    TransferHead head = std::move(*std::exchange(untold_head_, nullptr));
    try {
      head.metrics = measure();
    } catch (const std::exception&) {
      // No memory for two addresses: they are told at the end, perhaps.
    }
    head.tls = tls_;
    listener_.on_stream_started(std::move(head));
  }
  if (std::exchange(has_untold_bytes_, false)) listener_.on_stream_bytes();
  if (std::exchange(has_untold_progress_, false) && order_.wants_progress) {
    listener_.on_transfer_progress(static_cast<std::uint64_t>(uploaded_),
                                   static_cast<std::uint64_t>(downloaded_));
  }
}

CURLcode RequestHandler::resume_body() noexcept {
  if (!std::exchange(is_body_paused_, false)) return CURLE_OK;
  note_received();
  return unpause();
}

bool RequestHandler::is_upload_pointless() const noexcept {
  // libcurl sends no more behind such an answer; but while the upload is paused it does not see
  // that all is done. The answer to an earlier round is none to this one.
  return has_response_bytes() && response_.is_head_complete() && response_.status() >= 300 &&
         body_.is_paused();
}

CURLcode RequestHandler::feed_source(SourceNotice notice) noexcept {
  if (is_upload_pointless() && !std::exchange(is_upload_given_up_, true))
    return unpause(SendAnyway::yes);
  const bool is_worth_it = notice == SourceNotice::given || body_.wants_fill();
  const bool has_more = is_worth_it && body_.fill();
  if (has_more && !body_.failure()) return unpause();
  if (body_.failure()) return CURLE_ABORTED_BY_CALLBACK;  // libcurl may not ask again
  return body_.holds_back(easy_) ? unpause(SendAnyway::yes) : CURLE_OK;
}

void RequestHandler::close_connection_if_unused() noexcept {
  try {
    easy_.set<CURLOPT_FORBID_REUSE>(1L);
  } catch (const CurlError&) {
    // The server learns of it with the next request.
  }
}

CURLcode RequestHandler::flush_connection() noexcept {
  // libcurl sends all that waits when a stream is told to go on.
  if (is_body_paused_) return resume_body();
  const int paused = CURLPAUSE_RECV | (body_.is_paused() ? CURLPAUSE_SEND : 0);
  const CURLcode code = curl_easy_pause(easy_.get(), paused);
  return code == CURLE_OK ? unpause() : code;
}

CURLcode RequestHandler::unpause(SendAnyway anyway) noexcept {
  // The other direction stays as it is. Callbacks may come from inside, and pause again.
  int paused = CURLPAUSE_CONT;
  if (is_body_paused_) paused |= CURLPAUSE_RECV;
  if (body_.is_paused() && anyway == SendAnyway::no) paused |= CURLPAUSE_SEND;
  return curl_easy_pause(easy_.get(), paused);
}

int RequestHandler::on_progress(void* self, curl_off_t download_total, curl_off_t downloaded,
                                curl_off_t upload_total, curl_off_t uploaded) noexcept {
  static_cast<void>(download_total);
  auto& handler = *static_cast<RequestHandler*>(self);
  // Also called when the transfer is over and its connection still there.
  if (handler.needs_close_notify_)
    handler.has_close_notify_ = is_ended_by_close_notify(handler.easy_);
  // What comes while the sink is full waits for it; that it came is no reason to expect more.
  if (downloaded > handler.downloaded_ && !handler.is_body_paused_) handler.note_received();
  // The first round of an authentication goes without the body.
  const bool has_no_body = upload_total == 0 && handler.clock_.is_sending();
  if (uploaded > handler.uploaded_ || has_no_body) {
    handler.clock_.on_sent(SteadyClock::now(), uploaded >= upload_total);
    handler.arm_if_sooner();
  }
  handler.has_untold_progress_ |=
      uploaded != handler.uploaded_ || downloaded != handler.downloaded_;
  handler.downloaded_ = downloaded;
  handler.uploaded_ = uploaded;
  if (handler.has_untold_progress_ && handler.order_.wants_progress) handler.host_.on_news(handler);
  return 0;
}

}  // namespace async_http_pool
