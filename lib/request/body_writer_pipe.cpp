#include "request/body_writer_pipe.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace async_http_pool {

BodyWriter::Pipe::Pipe(const BodyWriterOptions& options)
    : capacity_(options.capacity),
      size_(options.size),
      buffer_(std::make_unique_for_overwrite<char[]>(options.capacity)) {}

std::size_t BodyWriter::Pipe::write(std::string_view bytes, TimePoint deadline) {
  std::size_t count = 0;
  std::unique_lock lock(mutex_);
  if (end_ == End::finished) throw std::logic_error("body is written to after it was finished");
  while (takes_bytes() && count < bytes.size()) {
    count += append(bytes.substr(count));
    if (const Notify wake = reader_to_wake()) {
      lock.unlock();
      (*wake)();
      lock.lock();
    }
    if (count == bytes.size()) break;
    const auto has_room = [&] { return !takes_bytes() || written_ - read_ < capacity_; };
    if (!room_.wait_until(lock, deadline, has_room)) break;
  }
  return count;
}

bool BodyWriter::Pipe::is_wanted() const noexcept {
  const std::lock_guard lock(mutex_);
  return !is_closed_ && end_ != End::failed;
}

void BodyWriter::Pipe::finish() {
  std::unique_lock lock(mutex_);
  if (end_ != End::open) return;
  end_ = End::finished;
  const Notify wake = reader_to_wake();
  lock.unlock();
  if (wake) (*wake)();
}

void BodyWriter::Pipe::fail(std::exception_ptr cause) noexcept {
  std::unique_lock lock(mutex_);
  if (end_ != End::open) return;
  end_ = End::failed;
  cause_ = std::move(cause);
  const Notify wake = reader_to_wake();
  lock.unlock();
  if (!wake) return;
  try {
    (*wake)();
  } catch (
      ...) {  // NOLINT(bugprone-empty-catch): ours does not throw, and who fails has no use for it
  }
}

std::optional<std::size_t> BodyWriter::Pipe::read(std::span<char> buffer) {
  std::unique_lock lock(mutex_);
  if (end_ == End::failed) {
    if (cause_) std::rethrow_exception(cause_);
    throw std::runtime_error("its writer gave up before the end");
  }
  if (is_closed_) return std::nullopt;
  if (const std::size_t count = take(buffer); count > 0) {
    lock.unlock();
    room_.notify_one();
    return count;
  }
  if (end_ == End::finished) return 0;
  reader_waits_ = true;
  return std::nullopt;
}

bool BodyWriter::Pipe::rewind() {
  const std::lock_guard lock(mutex_);
  if (is_closed_ || written_ > capacity_) return false;  // the first bytes are gone
  read_ = 0;
  return true;
}

void BodyWriter::Pipe::set_notify(std::function<void()> notify) {
  Notify shared;
  if (notify) shared = std::make_shared<const std::function<void()>>(std::move(notify));
  const std::lock_guard lock(mutex_);
  notify_.swap(shared);
  reader_waits_ = false;  // the new one has not looked yet
}

void BodyWriter::Pipe::close() noexcept {
  Notify dropped;  // outside of the lock: it may be the last to hold on to something
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    dropped.swap(notify_);
  }
  room_.notify_one();
}

std::size_t BodyWriter::Pipe::append(std::string_view bytes) noexcept {
  const auto place = static_cast<std::size_t>(written_ % capacity_);
  const auto room = capacity_ - static_cast<std::size_t>(written_ - read_);
  const std::size_t count = std::min(bytes.size(), room);
  const std::size_t first = std::min(count, capacity_ - place);
  std::memcpy(buffer_.get() + place, bytes.data(), first);
  std::memcpy(buffer_.get(), bytes.data() + first, count - first);
  written_ += count;
  return count;
}

std::size_t BodyWriter::Pipe::take(std::span<char> buffer) noexcept {
  const auto place = static_cast<std::size_t>(read_ % capacity_);
  const std::size_t count = std::min(buffer.size(), static_cast<std::size_t>(written_ - read_));
  const std::size_t first = std::min(count, capacity_ - place);
  std::memcpy(buffer.data(), buffer_.get() + place, first);
  std::memcpy(buffer.data() + first, buffer_.get(), count - first);
  read_ += count;
  return count;
}

BodyWriter::Pipe::Notify BodyWriter::Pipe::reader_to_wake() noexcept {
  return std::exchange(reader_waits_, false) ? notify_ : nullptr;
}

}  // namespace async_http_pool
