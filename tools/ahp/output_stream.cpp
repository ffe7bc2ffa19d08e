#include "output_stream.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace ahp_tool {
namespace {

// A pipe that poll(2) calls writable takes this much without blocking.
constexpr std::size_t pipe_write_bytes = 4096;
static_assert(pipe_write_bytes <= PIPE_BUF);

bool waits_for_a_reader(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode);
}

}  // namespace

OutputStream::OutputStream(OwnedDescriptor file)
    : file_(std::move(file)), may_block_(waits_for_a_reader(file_.get())) {}

WriteResult OutputStream::write_line(std::string_view line, const Wakeup& give_up) {
  while (!line.empty()) {
    if (may_block_) {
      const WriteResult ready = wait_writable(give_up);
      if (ready != WriteResult::done) return ready;
    }
    const std::size_t bytes = may_block_ ? std::min(line.size(), pipe_write_bytes) : line.size();
    const ssize_t count = ::write(file_.get(), line.data(), bytes);
    if (count > 0) {
      line.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno != EINTR && errno != EAGAIN) {
      error_ = errno;
      return WriteResult::failed;
    }
  }
  return WriteResult::done;
}

WriteResult OutputStream::wait_writable(const Wakeup& give_up) {
  pollfd waits[] = {{file_.get(), POLLOUT, 0}, {give_up.fd(), POLLIN, 0}};
  while (::poll(waits, 2, -1) < 0) {
    if (errno != EINTR) {
      error_ = errno;
      return WriteResult::failed;
    }
  }
  // A line that can be written is: only a reader that keeps us waiting is given up.
  if (waits[0].revents != 0) return WriteResult::done;
  return WriteResult::abandoned;
}

bool OutputStream::wait(const Wakeup& wakeup) {
  for (;;) {
    // No events are asked for: what is reported is that the other end is gone.
    pollfd waits[] = {{wakeup.fd(), POLLIN, 0}, {file_.get(), 0, 0}};
    const int ready = ::poll(waits, 2, -1);
    if (ready > 0 && waits[0].revents != 0) return true;
    if (ready > 0 && waits[1].revents != 0) {
      error_ = EPIPE;
      return false;
    }
  }
}

bool OutputStream::sync() {
  if (may_block_ || ::fsync(file_.get()) == 0) return true;
  error_ = errno;
  return false;
}

bool OutputStream::close() {
  error_ = file_.close();
  return error_ == 0;
}

}  // namespace ahp_tool
