#include "agent/canned_transfer.hpp"

#include <new>
#include <string>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

constexpr std::size_t bytes_at_once = 16'384;  // CURL_MAX_WRITE_SIZE, as sinks are used to

}  // namespace

void CannedTransfer::start() { schedule(std::chrono::milliseconds(0)); }

void CannedTransfer::go_on() {
  // Not before a delay is over.
  if (!is_scheduled()) schedule(std::chrono::milliseconds(0));
}

void CannedTransfer::schedule(std::chrono::milliseconds delay) {
  timers_.schedule(*this, SteadyClock::now() + delay);
}

void CannedTransfer::on_due() {
  std::optional<TransferFailure> failure;
  Progress progress = Progress::failed;
  try {
    progress = play();
    if (progress == Progress::waits) return;
    if (progress == Progress::done) failure = answer_->failure;
  } catch (const std::bad_alloc&) {
    // Of one request alone, which is no reason to end the agent.
    failure = TransferFailure{.code = ErrorCode::out_of_resources, .message = "out of memory"};
  }
  host_.on_played(progress, std::move(failure));
}

CannedTransfer::Progress CannedTransfer::play() {
  if (step_ == Step::sending) {
    const Progress sent = host_.send_body();
    return sent == Progress::done ? pause_before(Step::head) : sent;
  }
  if (step_ == Step::head) return play_head();
  if (step_ == Step::body) return play_body();
  return receive_fields(answer_->trailers) ? Progress::done : Progress::failed;
}

CannedTransfer::Progress CannedTransfer::play_head() {
  if (!answer_->has_head) return Progress::done;
  if (!host_.receive_line(fmt::format("HTTP/1.1 {} \r\n", answer_->status)) ||
      !receive_fields(answer_->headers) || !host_.receive_line("\r\n"))
    return Progress::failed;
  if (!host_.expects_body()) piece_ = answer_->pieces.size();
  step_ = Step::body;
  return play_body();
}

CannedTransfer::Progress CannedTransfer::play_body() {
  while (piece_ < answer_->pieces.size()) {
    const std::string_view bytes =
        std::string_view(answer_->pieces[piece_]).substr(position_, bytes_at_once);
    const Progress taken = bytes.empty() ? Progress::done : host_.receive_body(bytes);
    if (taken != Progress::done) return taken;
    position_ += bytes.size();
    if (position_ < answer_->pieces[piece_].size()) continue;
    position_ = 0;
    if (++piece_ < answer_->pieces.size() && answer_->delay.count() > 0)
      return pause_before(Step::body);
  }
  step_ = Step::end;
  return play();
}

bool CannedTransfer::receive_fields(const Headers& fields) {
  for (const auto& [name, value] : fields) {
    if (!host_.receive_line(fmt::format("{}: {}\r\n", name, value))) return false;
  }
  return true;
}

CannedTransfer::Progress CannedTransfer::pause_before(Step step) {
  step_ = step;
  schedule(answer_->delay);
  return Progress::waits;
}

}  // namespace async_http_pool
