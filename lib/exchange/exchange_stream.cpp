// The part of Exchange whose response is handed on as it comes.

#include "exchange/exchange.hpp"

#include <exception>
#include <utility>

namespace async_http_pool {

BodySink* Exchange::on_head(int status, const Headers& headers) noexcept {
  try {
    return is_final(status, headers) ? listener_.on_final_head(status, headers) : nullptr;
  } catch (const std::exception&) {
    return nullptr;  // no memory to see what follows: what comes is collected
  }
}

bool Exchange::is_final(int status, const Headers& headers) const {
  if (raises_for(status)) return false;
  if (decide_retry_of(status, headers)) return false;
  return decide_redirect_of(status, headers).verdict == RedirectVerdict::deliver;
}

void Exchange::on_stream_started(TransferHead&& head) noexcept {
  try {
    keep_cookies(head.headers, head.earlier_cookies);
  } catch (const std::exception&) {
    // No memory for a cookie.
  }
  const Metrics so_far = std::exchange(metrics_, Metrics());
  metrics_.queue = so_far.queue;
  metrics_.redirect = so_far.redirect;
  metrics_.attempts = so_far.attempts;
  note_metrics(std::move(head.metrics), SteadyClock::now());
  head.metrics = metrics_;
  listener_.on_stream_started(task_, std::move(head));
}

void Exchange::on_stream_bytes() noexcept { listener_.on_stream_bytes(task_); }

void Exchange::on_transfer_progress(std::uint64_t bytes_sent,
                                    std::uint64_t bytes_received) noexcept {
  listener_.on_progress(bytes_sent, bytes_received);
}

void Exchange::end_stream(TransferResult&& result) {
  source_claim_.end();
  if (result.failure) {
    fail(std::move(*result.failure));
  } else {
    listener_.on_stream_ended(task_, result.trailers, metrics_);
  }
}

}  // namespace async_http_pool
