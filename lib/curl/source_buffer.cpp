#include "curl/source_buffer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "request/body_source_use.hpp"

namespace async_http_pool {

std::optional<TransferFailure> SourceBuffer::open(const std::function<void()>& notify) noexcept {
  try {
    prepare(notify);
  } catch (...) {
    fail_by_exception();
  }
  if (failure_) failure_->never_sent = true;
  return failure_;
}

void SourceBuffer::prepare(const std::function<void()>& notify) {
  if (!BodySourceUse::claim(source_, owner_))
    return fail("its source is in use by another request");
  if (!BodySourceUse::start_over(source_)) return fail("it cannot be sent again");
  if (notify) source_.set_notify(notify);
  size_ = source_.size();
  if (size_ && *size_ > static_cast<std::uint64_t>(std::numeric_limits<curl_off_t>::max()))
    fail(fmt::format("a size of {} bytes is too large", *size_));
}

bool SourceBuffer::needs_fill() const noexcept {
  return is_wanted_ && !is_waiting_ && !is_over() && end_ - begin_ <= capacity_ / 2;
}

bool SourceBuffer::fill() noexcept {
  if (!is_wanted_ || is_over()) return false;
  try {
    read_all();
  } catch (...) {
    fail_by_exception();
  }
  const bool has_something = begin_ < end_ || is_over();
  return has_something && std::exchange(is_paused_, false);
}

void SourceBuffer::read_all() {
  if (std::exchange(must_start_over_, false) && !BodySourceUse::start_over(source_))
    return fail("it cannot be sent again");
  if (!buffer_) {
    // One more than there should be: that there are too many is seen before the last one is sent.
    capacity_ =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes_max, size_.value_or(bytes_max) + 1));
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
  }
  make_room();
  is_waiting_ = false;
  while (end_ < capacity_ && read_some()) {
  }
}

void SourceBuffer::make_room() {
  // Only when there is need: libcurl may want to begin again, on another connection.
  if (begin_ == 0 || end_ < capacity_) return;
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  dropped_ += begin_;
  end_ -= begin_;
  begin_ = 0;
}

bool SourceBuffer::read_some() {
  const std::span<char> room(buffer_.get() + end_, capacity_ - end_);
  BodySourceUse::note_read(source_);
  const std::optional<std::size_t> count = source_.read(room);
  is_waiting_ = !count;
  has_ended_ = count == std::size_t{0};
  if (has_ended_) check_end();
  if (count.value_or(0) == 0) return false;
  if (*count > room.size()) {
    fail(fmt::format("read returned {} bytes for a buffer of {}", *count, room.size()));
    return false;
  }
  end_ += *count;
  const std::uint64_t total = dropped_ + end_;
  if (!size_ || total <= *size_) return true;
  fail(fmt::format("it has more than the {} bytes that were announced", *size_));
  return false;
}

void SourceBuffer::check_end() {
  const std::uint64_t total = dropped_ + end_;
  if (size_ && total < *size_) fail(fmt::format("it ended after {} of {} bytes", total, *size_));
}

std::size_t SourceBuffer::take(char* buffer, std::size_t size) noexcept {
  is_wanted_ = true;
  if (failure_) return CURL_READFUNC_ABORT;
  const std::size_t count = std::min(size, end_ - begin_);
  if (count == 0) {
    is_paused_ = !has_ended_;
    if (is_paused_ && on_hungry_) on_hungry_();
    return has_ended_ ? 0 : CURL_READFUNC_PAUSE;
  }
  std::memcpy(buffer, buffer_.get() + begin_, count);
  begin_ += count;
  if (on_hungry_ && needs_fill()) on_hungry_();
  return count;
}

bool SourceBuffer::rewind() noexcept {
  if (failure_) return false;
  if (dropped_ > 0) {
    must_start_over_ = true;  // not here, inside of libcurl
    end_ = 0;
    dropped_ = 0;
    is_waiting_ = false;
    has_ended_ = false;
  }
  begin_ = 0;
  is_paused_ = false;
  return true;
}

void SourceBuffer::fail(const std::string& reason) {
  failure_ = TransferFailure{.type = ErrorType::unknown,
                             .code = ErrorCode::request_body,
                             .message = "request body: " + reason};
}

void SourceBuffer::fail_by_exception() noexcept {
  const std::exception_ptr cause = std::current_exception();
  try {
    try {
      throw;
    } catch (const std::exception& error) {
      fail(error.what());
    } catch (...) {
      fail("its source threw an object that is no std::exception");
    }
  } catch (...) {
    // No allocation: it is short enough.
    failure_ = TransferFailure{.type = ErrorType::unknown,
                               .code = ErrorCode::out_of_resources,
                               .message = "out of memory"};
  }
  failure_->cause = cause;
}

std::size_t SourceBuffer::on_read(char* buffer, std::size_t size, std::size_t count,
                                  void* self) noexcept {
  return static_cast<SourceBuffer*>(self)->take(buffer, size * count);
}

int SourceBuffer::on_seek(void* self, curl_off_t offset, int origin) noexcept {
  const bool is_start = origin == SEEK_SET && offset == 0;
  return is_start && static_cast<SourceBuffer*>(self)->rewind() ? CURL_SEEKFUNC_OK
                                                                : CURL_SEEKFUNC_FAIL;
}

}  // namespace async_http_pool
