#include "client/response_stream.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/agent_thread.hpp"
#include "client/continuation.hpp"
#include "client/thrown_error.hpp"

namespace async_http_pool {
namespace {

Metrics::Microseconds elapsed_since(TimePoint start) noexcept {
  return std::chrono::duration_cast<Metrics::Microseconds>(SteadyClock::now() - start);
}

}  // namespace

/// A call of the reader's callback that an executor has: which may come when there is no reader any
/// more, or be dropped.
class ResponseStream::PostedCall {
 public:
  explicit PostedCall(std::shared_ptr<ResponseStream> stream) noexcept
      : stream_(std::move(stream)) {}
  ~PostedCall() { static_cast<void>(take()); }
  PostedCall(const PostedCall&) = delete;
  PostedCall& operator=(const PostedCall&) = delete;

  void run() {
    if (const std::function<void()> callback = take()) callback();
  }

 private:
  [[nodiscard]] std::function<void()> take() noexcept {
    const std::shared_ptr<ResponseStream> stream = std::exchange(stream_, nullptr);
    return stream == nullptr ? nullptr : stream->take_callback();
  }
  std::shared_ptr<ResponseStream> stream_;  // shared with its transfer and its reader
};

ResponseStream::ResponseStream(Options options) noexcept
    : capacity_max_(std::max(options.capacity, options.capacity_max)),
      executor_(std::move(options.executor)),
      logger_(std::move(options.logger)),
      remote_(std::move(options.remote)),
      capacity_(options.capacity) {}

ResponseStream::ResponseStream(const Response& response)
    : capacity_max_(0),
      response_(response),
      head_{.status = response.status(),
            .headers = response.headers(),
            .body_bytes = response.body().size(),
            .url = response.url(),
            .method = response.method(),
            .request_id = response.request_id(),
            .redirects = response.redirects(),
            .tls = response.tls(),
            .metrics = response.metrics()},
      buffer_(response_->body()),
      phase_(Phase::ended),
      trailers_(response.trailers()),
      metrics_(response.metrics()) {}

ResponseStream::~ResponseStream() = default;

bool ResponseStream::write(std::string_view bytes) {
  StreamBuffer::Room room;
  {
    const Lock lock(mutex_);
    if (is_abandoned_) return true;  // the transfer is about to end
    if (!fits(bytes.size())) grow();
    if (!fits(bytes.size())) {
      refused_bytes_ = bytes.size();
      return false;
    }
    room = buffer_.claim(bytes.size(), capacity_);
  }
  // Not std::ranges::copy, which goes byte by byte for spans in libstdc++ 12.
  bytes.copy(room.first.data(), room.first.size());
  bytes.copy(room.second.data(), room.second.size(), room.first.size());

  Lock lock(mutex_);
  buffer_.commit(bytes.size());
  // To wake a thread for each piece would cost more than to receive it: only when there is no room
  // for another one like this. `tell_reader` does so otherwise, when the socket is empty.
  if (buffer_.bytes() + bytes.size() > capacity_) wake_reader(lock);
  return true;
}

void ResponseStream::grow() noexcept {
  // Full now and empty before: both sides are fast, and wait for each other's turns. A reader that
  // is slow gains nothing by more room.
  if (std::exchange(has_run_dry_, false)) capacity_ = std::min(2 * capacity_, capacity_max_);
}

void ResponseStream::start(Head head) noexcept {
  head_ = std::move(head);
  started_at_ = SteadyClock::now();
  const Lock lock(mutex_);
  metrics_ = head_.metrics;
}

void ResponseStream::keep(std::shared_ptr<const void> keeper) noexcept {
  const Lock lock(mutex_);
  if (phase_ == Phase::flowing) keeper_.swap(keeper);
}

void ResponseStream::tell_reader() noexcept {
  std::function<void()> callback;
  bool has_to_post = false;
  {
    Lock lock(mutex_);
    if (!is_readable_locked()) return;
    if (executor_ == nullptr) {
      callback = std::exchange(callback_, nullptr);
    } else {
      has_to_post = callback_ != nullptr && !std::exchange(is_call_posted_, true);
    }
    wake_reader(lock);
  }
  if (callback != nullptr) run_continuation(nullptr, logger_, std::move(callback));
  if (has_to_post) post_callback();
}

void ResponseStream::post_callback() noexcept {
  std::shared_ptr<PostedCall> call;
  std::function<void()> continuation;
  try {
    call = std::make_shared<PostedCall>(shared_from_this());
    continuation = [call] { call->run(); };
  } catch (const std::bad_alloc&) {  // no memory even for that: here, then
    std::function<void()> callback = take_callback();
    if (callback != nullptr) run_continuation(nullptr, logger_, std::move(callback));
    return;
  }
  call = nullptr;  // the executor's alone: dropped with what it drops
  run_continuation(executor_, logger_, std::move(continuation));
}

std::function<void()> ResponseStream::take_callback() noexcept {
  const Lock lock(mutex_);
  is_call_posted_ = false;
  return std::exchange(callback_, nullptr);
}

void ResponseStream::wake_reader(Lock& lock) noexcept {
  const bool is_waiting = std::exchange(is_reader_waiting_, false);
  lock.unlock();
  if (is_waiting) readable_.notify_one();
}

void ResponseStream::note_progress(std::uint64_t bytes_received) noexcept {
  const Lock lock(mutex_);
  bytes_received_ = bytes_received;
}

void ResponseStream::end(Headers trailers, const Metrics& metrics) noexcept {
  {
    const Lock lock(mutex_);
    trailers_ = std::move(trailers);
  }
  finish(Phase::ended, metrics);
}

void ResponseStream::fail(const Error& error) noexcept {
  std::shared_ptr<const Error> failure;
  try {
    failure = error.clone();
  } catch (const std::bad_alloc&) {  // which the reader learns then
  }
  {
    const Lock lock(mutex_);
    failure_ = std::move(failure);
  }
  finish(Phase::failed, error.metrics());
}

void ResponseStream::finish(Phase phase, const Metrics& metrics) noexcept {
  {
    const Lock lock(mutex_);
    phase_ = phase;
    metrics_ = metrics;
  }
  tell_reader();
}

Metrics ResponseStream::metrics() const {
  Lock lock(mutex_);
  Metrics metrics = metrics_;
  if (phase_ != Phase::flowing) return metrics;
  const std::uint64_t received = std::max(bytes_received_, buffer_.written());
  lock.unlock();
  const Metrics::Microseconds elapsed = elapsed_since(started_at_);
  metrics.total += elapsed;
  metrics.transfer += elapsed;
  metrics.bytes_received = std::max(metrics.bytes_received, static_cast<std::int64_t>(received));
  return metrics;
}

std::optional<Headers> ResponseStream::trailers() const {
  const Lock lock(mutex_);
  if (phase_ != Phase::ended) return std::nullopt;
  return trailers_;
}

void ResponseStream::cancel() noexcept {
  {
    const Lock lock(mutex_);
    if (phase_ != Phase::flowing) return;
  }
  if (remote_ != nullptr) remote_->cancel();
}

}  // namespace async_http_pool
