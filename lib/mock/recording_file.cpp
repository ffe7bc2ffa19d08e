#include "mock/recording_file.hpp"

#include "base/open_file.hpp"
#include "base/printable.hpp"
#include "base/uuid.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace async_http_pool {

namespace {

[[noreturn]] void fail(const char* verb, const std::string& path, int error) {
  throw std::system_error(error, std::generic_category(),
                          std::string("cannot ") + verb + " recording " + quoted(path));
}

}  // namespace

std::optional<std::string> read_recording_file(const std::string& path) {
  OpenFile file;
  int error = file.open_at(AT_FDCWD, path.c_str(), O_RDONLY);
  if (error == ENOENT) return std::nullopt;
  struct stat status {};
  if (error == 0 && ::fstat(file.number(), &status) != 0) error = errno;
  if (error == 0 && S_ISDIR(status.st_mode)) error = EISDIR;
  if (error != 0) fail("read", path, error);
  constexpr std::size_t step = std::size_t{64} << 10;
  std::string content;
  std::size_t count = 0;
  do {
    const std::size_t size = content.size();
    content.resize(size + step);
    error = file.read(content.data() + size, step, count);
    if (error != 0) fail("read", path, error);
    content.resize(size + count);
  } while (count == step);
  return content;
}

void replace_recording_file(const std::string& path, std::string_view content) {
  constexpr mode_t as_umask_says = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  const std::string unfinished = path + '.' + make_uuid();
  OpenFile file;
  int error =
      file.open_at(AT_FDCWD, unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL, as_umask_says);
  if (error != 0) fail("write", path, error);
  error = file.write(content);
  if (error == 0) error = file.sync();
  if (const int close_error = file.close(); error == 0) error = close_error;
  if (error == 0 && std::rename(unfinished.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(unfinished.c_str());
  fail("write", path, error);
}

}  // namespace async_http_pool
