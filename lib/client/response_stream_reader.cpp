// The reader's side of a response's stream.
#include <new>
#include <stdexcept>
#include <utility>

#include "base/agent_thread.hpp"
#include "client/continuation.hpp"
#include "client/response_stream.hpp"
#include "client/thrown_error.hpp"

namespace async_http_pool {

void ResponseStream::refuse_to_wait_on_agent_thread() const {
  // Whether it would have to wait is for the network to say: refused each time, not now and then.
  if (!response_.has_value()) refuse_on_agent_thread("reading a response's body");
}

bool ResponseStream::wait(Lock& lock, const std::optional<TimePoint>& deadline) {
  while (!is_readable_locked()) {
    is_reader_waiting_ = true;
    has_run_dry_ = true;
    if (!deadline.has_value()) {
      readable_.wait(lock);
    } else if (readable_.wait_until(lock, *deadline) == std::cv_status::timeout) {
      is_reader_waiting_ = false;
      return is_readable_locked();
    }
  }
  is_reader_waiting_ = false;
  return true;
}

StreamBuffer::View ResponseStream::take_view(Lock& lock) {
  if (buffer_.bytes() != 0) {
    const StreamBuffer::View view = buffer_.view();
    if (viewed_ != buffer_.storage()) viewed_ = buffer_.storage();
    lock.unlock();
    return view;
  }
  const bool is_failed = phase_ == Phase::failed;
  const std::shared_ptr<const Error> failure = failure_;
  std::shared_ptr<const void> keeper = std::move(keeper_);
  lock.unlock();
  keeper.reset();  // may wait for the agents, which have nothing left to do for it
  if (!is_failed) return {};
  if (failure == nullptr) throw std::bad_alloc();
  throw_error(*failure);
}

std::optional<std::size_t> ResponseStream::read_before(std::span<char> buffer,
                                                       const std::optional<TimePoint>& deadline) {
  if (buffer.empty()) return 0;
  const bool may_wait = !deadline.has_value() || *deadline > SteadyClock::now();
  if (may_wait) refuse_to_wait_on_agent_thread();
  Lock lock(mutex_);
  if (may_wait ? !wait(lock, deadline) : !is_readable_locked()) return std::nullopt;
  const StreamBuffer::View view = take_view(lock);
  std::size_t count = view.first.copy(buffer.data(), buffer.size());
  count += view.second.copy(buffer.data() + count, buffer.size() - count);
  if (count != 0) consume(count);
  return count;
}

std::size_t ResponseStream::read(std::span<char> buffer) {
  return read_before(buffer, std::nullopt).value_or(0);
}

std::optional<std::size_t> ResponseStream::read_until(std::span<char> buffer, TimePoint deadline) {
  return read_before(buffer, deadline);
}

std::string_view ResponseStream::peek(std::size_t bytes_max) {
  refuse_to_wait_on_agent_thread();
  Lock lock(mutex_);
  static_cast<void>(wait(lock, std::nullopt));
  return take_view(lock).first.substr(0, bytes_max);
}

void ResponseStream::consume(std::size_t bytes) noexcept {
  {
    const Lock lock(mutex_);
    buffer_.consume(bytes);
    if (refused_bytes_ == 0) return;
    // Not as soon as there is room: each time costs a message to the agent.
    const std::size_t left = buffer_.bytes();
    const bool is_room = left <= capacity_ / 2 && left + refused_bytes_ <= capacity_;
    if (left != 0 && !is_room) return;
    refused_bytes_ = 0;
  }
  if (remote_ != nullptr) remote_->resume_body();
}

bool ResponseStream::is_readable() const noexcept {
  const Lock lock(mutex_);
  return is_readable_locked();
}

bool ResponseStream::call_when_readable(std::function<void()>& callback) {
  const Lock lock(mutex_);
  if (callback_ != nullptr) {
    throw std::logic_error("a response's body has a callback that waits for it already");
  }
  if (is_readable_locked()) return false;
  has_run_dry_ = true;
  callback_ = std::move(callback);
  return true;
}

void ResponseStream::when_readable(std::function<void()> callback) {
  const std::shared_ptr<Logger> logger = logger_;  // the callback may destroy this
  if (!call_when_readable(callback)) run_continuation(nullptr, logger, std::move(callback));
}

std::uint64_t ResponseStream::position() const noexcept {
  const Lock lock(mutex_);
  return buffer_.consumed();
}

const Response* ResponseStream::untouched_response() const noexcept {
  return response_.has_value() && position() == 0 ? &*response_ : nullptr;
}

void ResponseStream::abandon() noexcept {
  std::function<void()> callback;
  std::shared_ptr<const void> keeper;
  bool is_over = false;
  {
    const Lock lock(mutex_);
    is_abandoned_ = true;
    is_over = phase_ != Phase::flowing;
    callback = std::exchange(callback_, nullptr);
    keeper = std::move(keeper_);
  }
  if (!is_over && remote_ != nullptr) remote_->cancel();
  callback = nullptr;
}  // lets go of the keeper, which may wait for the agents

}  // namespace async_http_pool
