// The part of RequestHandler that is there for tests of applications: answers that do not come from
// the network, and what looks on when they do.

#include "agent/request_handler.hpp"
#include "curl/transfer_metrics.hpp"

#include <array>
#include <string>
#include <utility>

namespace async_http_pool {

void RequestHandler::play() {
  was_sent_ = true;
  clock_.on_connected(SteadyClock::now(), body_.has_bytes());
  arm_if_sooner();
  canned_->start();
}

void RequestHandler::go_on() {
  if (std::exchange(is_body_paused_, false)) note_received();
  canned_->go_on();
}

CannedTransferHost::Progress RequestHandler::send_body() {
  const bool is_source = order_.request.body_source() != nullptr;
  curl_off_t sent = is_source ? 0 : body_.size();
  bool is_complete = !is_source;
  if (is_source) {
    // Some of it: others want to get on, too.
    std::array<char, 16'384> nobody{};
    std::size_t count = body_.take(nobody.data(), nobody.size());
    if (count == CURL_READFUNC_PAUSE) {
      if (!body_.fill()) return Progress::waits;
      count = body_.take(nobody.data(), nobody.size());
    }
    if (count == CURL_READFUNC_PAUSE) return Progress::waits;
    if (count == CURL_READFUNC_ABORT) return Progress::failed;
    is_complete = count == 0;
    sent = static_cast<curl_off_t>(count);
  }
  uploaded_ += sent;
  clock_.on_sent(SteadyClock::now(), is_complete);
  arm_if_sooner();
  note_bytes();
  if (!is_complete) canned_->go_on();
  return is_complete ? Progress::done : Progress::waits;
}

bool RequestHandler::receive_line(std::string_view line) {
  std::string copy(line);
  return on_header(copy.data(), 1, copy.size(), this) == copy.size();
}

CannedTransferHost::Progress RequestHandler::receive_body(std::string_view bytes) {
  downloaded_ += static_cast<curl_off_t>(bytes.size());  // first, for its ratio counts
  std::string copy(bytes);
  const std::size_t taken = on_body(copy.data(), 1, copy.size(), this);
  if (taken != bytes.size()) {
    downloaded_ -= static_cast<curl_off_t>(bytes.size());
    return taken == CURL_WRITEFUNC_PAUSE ? Progress::waits : Progress::failed;
  }
  note_received();
  note_bytes();
  return Progress::done;
}

void RequestHandler::note_bytes() noexcept {
  if (!order_.wants_progress) return;
  has_untold_progress_ = true;
  host_.on_news(*this);
}

void RequestHandler::on_played(Progress progress, std::optional<TransferFailure> failure) {
  const bool is_failed = progress == Progress::failed || failure.has_value();
  if (failure) own_failure_ = std::move(failure);
  host_.on_played(*this, is_failed ? CURLE_ABORTED_BY_CALLBACK : CURLE_OK);
}

curl_off_t RequestHandler::encoded_bytes() const noexcept {
  return canned_ ? downloaded_ : easy_.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T, 0);
}

Metrics RequestHandler::measure() const {
  Metrics metrics = metrics_of(easy_);
  if (!canned_) return metrics;
  metrics.bytes_sent = uploaded_;
  metrics.bytes_received = downloaded_;
  if (response_.status() != 0) metrics.protocol = ProtocolVersion::http1_1;
  return metrics;
}

}  // namespace async_http_pool
