#include "base/open_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "base/thread_signal_block.hpp"

namespace async_http_pool {

int OpenFile::open_at(int directory, const char* name, int flags, mode_t mode) noexcept {
  number_ =
      without_interruption([&] { return ::openat(directory, name, flags | O_CLOEXEC, mode); });
  return number_ < 0 ? errno : 0;
}

int OpenFile::write(std::string_view bytes) noexcept {
  // Beyond the limit on the size of files the error is all we want, not the end of the process.
  const ThreadSignalBlock block(SIGXFSZ);
  while (!bytes.empty()) {
    const ssize_t count =
        without_interruption([&] { return ::write(number_, bytes.data(), bytes.size()); });
    if (count < 0) return errno;
    if (count == 0) return EIO;  // never for a regular file; anything but an endless loop
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

int OpenFile::read(char* buffer, std::size_t size, std::size_t& count) noexcept {
  count = 0;
  while (count < size) {
    const ssize_t step =
        without_interruption([&] { return ::read(number_, buffer + count, size - count); });
    if (step < 0) return errno;
    if (step == 0) return 0;
    count += static_cast<std::size_t>(step);
  }
  return 0;
}

int OpenFile::sync() noexcept {
  const int result = without_interruption([&] { return ::fsync(number_); });
  // Some file systems know nothing of the kind for directories: there it cannot be had.
  return result == 0 || errno == EINVAL ? 0 : errno;
}

int OpenFile::close() noexcept {
  const int number = std::exchange(number_, -1);
  if (number < 0 || ::close(number) == 0) return 0;
  // Linux has closed it by then: once more could hit a file of another thread's.
  return errno == EINTR ? 0 : errno;
}

}  // namespace async_http_pool
