#include "stores/file_leftovers.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <memory>

#include <fmt/format.h>

#include "base/uuid.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view suffix = ".tmp";
constexpr std::size_t uuid_bytes = 36;

using Milliseconds = std::chrono::milliseconds;

Milliseconds to_milliseconds(const timespec& time) noexcept {
  return std::chrono::seconds(time.tv_sec) + Milliseconds(time.tv_nsec / 1'000'000);
}

/// By the clock that file systems stamp with.
Milliseconds now() noexcept {
  timespec time{};
  return ::clock_gettime(CLOCK_REALTIME, &time) == 0 ? to_milliseconds(time) : Milliseconds(0);
}

bool is_older(const OpenFile& directory, const char* name, Milliseconds age) noexcept {
  struct stat status {};
  return ::fstatat(directory.number(), name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(status.st_mode) && now() - to_milliseconds(status.st_mtim) >= age;
}

struct CloseDirectory {
  void operator()(DIR* stream) const noexcept { static_cast<void>(::closedir(stream)); }
};

}  // namespace

std::string unfinished_file_name(std::string_view key) {
  return fmt::format(".{}.{}{}", key, make_uuid(), suffix);
}

bool is_unfinished_file_name(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(suffix)) return false;
  if (name.size() < 1 + uuid_bytes + 2 + suffix.size()) return false;
  name.remove_prefix(1);
  name.remove_suffix(suffix.size());
  if (name[name.size() - uuid_bytes - 1] != '.') return false;
  return std::ranges::all_of(name.substr(name.size() - uuid_bytes), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  });
}

void remove_leftovers(const OpenFile& directory, Milliseconds age) {
  OpenFile listed;  // of its own: the stream below moves the descriptor's position and closes it
  if (listed.open_at(directory.number(), ".", O_RDONLY | O_DIRECTORY) != 0) return;
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(listed.number()));
  if (stream == nullptr) return;
  listed.release();
  // One stream for one thread: readdir is safe. NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* entry = ::readdir(stream.get())) {
    const char* const name = &entry->d_name[0];
    if (is_unfinished_file_name(name) && is_older(directory, name, age)) {
      static_cast<void>(::unlinkat(directory.number(), name, 0));
    }
  }
}

}  // namespace async_http_pool
