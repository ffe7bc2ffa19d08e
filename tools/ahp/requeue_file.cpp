#include "requeue_file.hpp"

#include "usage_error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace ahp_tool {
namespace {

constexpr std::size_t buffer_bytes_max = std::size_t{1} << 16;

// Where the file really is: a rename would replace a symbolic link instead of what it points to.
std::string resolve(const std::string& path) {
  constexpr int links_max = 40;  // as the kernel's own limit
  std::filesystem::path real = path;
  std::error_code error;
  for (int links = 0; links < links_max && std::filesystem::is_symlink(real, error); ++links) {
    const std::filesystem::path target = std::filesystem::read_symlink(real, error);
    if (error) break;
    real = real.parent_path() / target;
  }
  return real.string();
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

RequeueFile::RequeueFile(const std::string& path)
    : path_(resolve(path)), temporary_path_(path_ + ".XXXXXX") {
  struct stat old {};
  const bool exists = ::stat(path_.c_str(), &old) == 0;
  // A rename onto a device would put a plain file into its place.
  if (exists && !S_ISREG(old.st_mode))
    throw UsageError(fmt::format("--requeue: {} is not a regular file", path));
  file_ = OwnedDescriptor(::mkostemp(temporary_path_.data(), O_CLOEXEC));
  if (file_.get() < 0)
    throw UsageError(fmt::format("--requeue: cannot write {}: {}", path,
                                 std::generic_category().message(errno)));
  // Else it stays as mkostemp makes it, for the owner alone: requests may contain credentials.
  if (exists) static_cast<void>(::fchmod(file_.get(), old.st_mode & 07777U));
}

RequeueFile::~RequeueFile() {
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

void RequeueFile::append(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() > buffer_bytes_max) flush();
}

void RequeueFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t count = ::write(file_.get(), left.data(), left.size());
    if (count < 0 && errno != EINTR) fail("write");
    if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
}

void RequeueFile::commit() {
  flush();
  if (::fsync(file_.get()) != 0) fail("fsync");
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) fail("rename");
  temporary_path_.clear();
  // Makes the new name survive a crash of the machine, where the file system has that to offer.
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const OwnedDescriptor directory(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) static_cast<void>(::fsync(directory.get()));
}

}  // namespace ahp_tool
