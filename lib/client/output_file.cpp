#include "client/output_file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace async_http_pool {

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (path_.find('\0') != std::string::npos) fail(EINVAL);
  constexpr int mode = 0666;  // less the umask
  do {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) fail(errno);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

void OutputFile::close() {
  // After EINTR the descriptor is closed all the same, on Linux.
  if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail(errno);
}

void OutputFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(), fmt::format("file \"{}\"", path_));
}

}  // namespace async_http_pool
