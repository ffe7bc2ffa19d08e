#include "line_reader.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ahp_tool {
namespace {

constexpr std::size_t read_bytes = std::size_t{64} << 10;

bool is_regular(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int milliseconds_until(const std::optional<std::chrono::steady_clock::time_point>& deadline) {
  if (!deadline) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

}  // namespace

LineReader::LineReader(OwnedDescriptor input, std::size_t piece_bytes_max)
    : input_(std::move(input)),
      piece_bytes_max_(piece_bytes_max),
      is_regular_file_(is_regular(input_.get())) {}

std::optional<LinePiece> LineReader::next(const WaitLimits& limits) {
  for (;;) {
    while (std::optional<LinePiece> piece = take()) {
      if (!skipping_) return piece;
      skipping_ = !piece->ends_line;
    }
    if (at_end_ || !fill(limits)) return std::nullopt;
  }
}

std::optional<LinePiece> LineReader::take() {
  const std::size_t newline = buffer_.find('\n', scanned_);
  const bool is_complete = newline != std::string::npos;
  scanned_ = is_complete ? newline : buffer_.size();
  if (scanned_ - begin_ > piece_bytes_max_) return cut(begin_ + piece_bytes_max_, false);
  if (is_complete) {
    LinePiece piece = cut(newline, true);
    begin_ = scanned_ = newline + 1;
    return piece;
  }
  if (at_end_ && begin_ < buffer_.size()) return cut(buffer_.size(), true);
  return std::nullopt;
}

LinePiece LineReader::cut(std::size_t end, bool ends_line) {
  if (at_line_begin_) ++number_;
  LinePiece piece{number_, buffer_.substr(begin_, end - begin_), at_line_begin_, ends_line};
  at_line_begin_ = ends_line;
  begin_ = end;
  return piece;
}

// Returns false when the wait was ended; sets at_end_ at the end of the input.
bool LineReader::fill(const WaitLimits& limits) {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  for (;;) {
    pollfd waits[] = {{input_.get(), POLLIN, 0}, {limits.stop_fd, POLLIN, 0}};
    const int ready = ::poll(waits, 2, milliseconds_until(limits.deadline));
    if (ready < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    if (ready > 0 && waits[1].revents != 0) return false;
    // Also with an input that always has more.
    if (limits.deadline && std::chrono::steady_clock::now() >= *limits.deadline) return false;
    if (ready <= 0) continue;
    const std::size_t size = buffer_.size();
    buffer_.resize(size + read_bytes);
    const ssize_t count = ::read(input_.get(), buffer_.data() + size, read_bytes);
    const int error = errno;
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count > 0) return true;
    if (count == 0) return at_end_ = true;
    if (error != EINTR && error != EAGAIN) {
      throw std::system_error(error, std::generic_category(), "read");
    }
  }
}

}  // namespace ahp_tool
