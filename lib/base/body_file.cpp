#include "base/body_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

ssize_t read_at(int descriptor, char* buffer, std::size_t size, std::uint64_t position) noexcept {
  for (;;) {
    const ssize_t count = ::pread(descriptor, buffer, size, static_cast<off_t>(position));
    if (count >= 0 || errno != EINTR) return count;
  }
}

}  // namespace

bool BodyFile::measure() {
  close();
  position_ = 0;
  if (!open()) return false;
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return fail(errno);
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (size_ == 0) {
    // Files of /proc have more bytes than they say: better none of them than nothing instead.
    char byte = 0;
    const ssize_t count = read_at(descriptor_, &byte, 1, 0);
    if (count < 0) return fail(errno);
    if (count > 0) return fail("does not tell its size");
  }
  close();
  return true;
}

std::optional<std::size_t> BodyFile::read(char* buffer, std::size_t size) {
  if (position_ >= size_) return 0;
  if (descriptor_ < 0 && !open()) return std::nullopt;
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - position_));
  const ssize_t count = read_at(descriptor_, buffer, size, position_);
  if (count < 0) {
    fail(errno);
    return std::nullopt;
  }
  position_ += static_cast<std::uint64_t>(count);
  if (count == 0 || position_ == size_) {
    if (!check_size()) return std::nullopt;
    if (count == 0) {
      fail(fmt::format("ended after {} of {} bytes", position_, size_));
      return std::nullopt;
    }
    close();
  }
  return static_cast<std::size_t>(count);
}

bool BodyFile::open() {
  // Looked at first: to open a device or a pipe is felt at its other end.
  struct stat named {};
  if (::stat(path_.c_str(), &named) != 0) return fail(errno);
  if (!S_ISREG(named.st_mode)) return fail("is not a regular file");
  // O_NONBLOCK: it may have become a pipe without a writer meanwhile.
  do {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) return fail(errno);
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return fail(errno);
  return S_ISREG(status.st_mode) || fail("is not a regular file");
}

bool BodyFile::check_size() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return fail(errno);
  if (static_cast<std::uint64_t>(status.st_size) == size_) return true;
  return fail(fmt::format("has {} bytes by now, and had {} before", status.st_size, size_));
}

void BodyFile::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));  // read only: nothing to lose
}

bool BodyFile::fail(const std::string& reason) {
  close();
  failure_ = "file " + quoted(path_) + ": " + reason;
  return false;
}

bool BodyFile::fail(int error) {
  lacks_resources_ = error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
  return fail(std::generic_category().message(error));
}

}  // namespace async_http_pool
