#include "stores/payload_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "base/printable.hpp"
#include "stores/file_failure.hpp"

namespace async_http_pool {
namespace {

namespace fs = std::filesystem;

constexpr mode_t default_mode = S_IRWXU;
constexpr mode_t usual_mode = S_IRWXU | S_IRWXG | S_IRWXO;  // less the umask

fs::path absolute_path(const fs::path& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  if (error) throw_file_failure("find directory", path.string(), error.value());
  absolute = absolute.lexically_normal();
  // "/var/payloads/" has an empty last part.
  return absolute.has_filename() || !absolute.has_relative_path() ? absolute
                                                                  : absolute.parent_path();
}

fs::path default_path() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) throw_file_failure("find directory", "for temporary files", error.value());
  // One for each user: the first of them would shut the others out.
  return parent / ("async_http_pool-payloads-" + std::to_string(::geteuid()));
}

/// A new directory outlives a crash only once its parent is on disk.
void sync_directory(const fs::path& path) {
  OpenFile directory;
  int error = directory.open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
  if (error == 0) error = directory.sync();
  // A parent that may be entered and not read is a usual thing.
  if (error != 0 && error != EACCES) {
    throw_file_failure("synchronize directory", path.string(), error);
  }
}

void make_directories(const fs::path& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) {
    const int error = errno;
    if (error == EEXIST) return;  // a directory or not: opening it tells
    if (error != ENOENT || !path.has_parent_path() || path.parent_path() == path) {
      // A file system that is read-only says so even where there is a directory.
      std::error_code ignored;
      if (fs::is_directory(path, ignored)) return;
      throw_file_failure("make directory", path.string(), error);
    }
    make_directories(path.parent_path(), usual_mode);
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
      throw_file_failure("make directory", path.string(), errno);
    }
  }
  sync_directory(path.parent_path());
}

}  // namespace

PayloadDirectory::PayloadDirectory(const std::string& path) : is_default_(path.empty()) {
  if (path.find('\0') != std::string::npos) {
    throw std::invalid_argument(fmt::format(
        "directory of a file store must be free of NUL, got: {}", async_http_pool::quoted(path)));
  }
  path_ = absolute_path(is_default_ ? default_path() : fs::path(path)).string();
}

void PayloadDirectory::make() const {
  make_directories(path_, is_default_ ? default_mode : usual_mode);
}

bool PayloadDirectory::open(OpenFile& out) const {
  // Where everybody may make links, one could lead anywhere.
  const int flags = O_RDONLY | O_DIRECTORY | (is_default_ ? O_NOFOLLOW : 0);
  const int error = out.open_at(AT_FDCWD, path_.c_str(), flags);
  if (error == ENOENT) return false;
  if (error != 0) throw_file_failure("open directory", path_, error);
  if (is_default_) check_owner(out);
  return true;
}

/// Everybody can be first to make a directory of that name among the temporary files.
void PayloadDirectory::check_owner(const OpenFile& directory) const {
  struct stat status {};
  if (::fstat(directory.number(), &status) != 0) {
    throw_file_failure("look at directory", path_, errno);
  }
  if (status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return;
  throw PayloadStoreError(
      PayloadStoreErrorCode::unauthorized,
      fmt::format("directory {} belongs to another user, or others may write to it",
                  async_http_pool::quoted(path_)));
}

}  // namespace async_http_pool
