#include "owned_descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ahp_tool {

OwnedDescriptor::~OwnedDescriptor() { static_cast<void>(close()); }

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  if (this != &other) {
    static_cast<void>(close());
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

int OwnedDescriptor::close() noexcept {
  const int number = std::exchange(number_, -1);
  return number < 0 || ::close(number) == 0 ? 0 : errno;
}

OwnedDescriptor open_to_read(const std::string& path) noexcept {
  OwnedDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISDIR(status.st_mode)) return file;
  static_cast<void>(file.close());
  errno = EISDIR;
  return file;
}

Wakeup::Wakeup() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  read_end_ = OwnedDescriptor(ends[0]);
  write_end_ = OwnedDescriptor(ends[1]);
  for (const int end : ends) {
    if (::fcntl(end, F_SETFL, O_NONBLOCK) != 0 || ::fcntl(end, F_SETFD, FD_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "fcntl");
    }
  }
}

void Wakeup::wait() const noexcept {
  pollfd self{fd(), POLLIN, 0};
  while (::poll(&self, 1, -1) < 0 && errno == EINTR) {
  }
}

void Wakeup::raise() noexcept {
  const char byte = 0;
  // A full pipe is readable, which is all that is wanted.
  static_cast<void>(::write(write_end_.get(), &byte, 1) == 1);
}

void Wakeup::clear() noexcept {
  char bytes[64];
  while (::read(read_end_.get(), bytes, sizeof bytes) > 0) {
  }
}

}  // namespace ahp_tool
