#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace async_http_pool {

/// A call of the system's, once more for as long as signals interrupt it.
template <typename Call>
auto without_interruption(Call call) noexcept {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// An open file or directory, closed when it goes. Every member that returns an `int` returns 0 or
/// an `errno`.
class OpenFile {
 public:
  OpenFile() noexcept = default;
  ~OpenFile() { static_cast<void>(close()); }
  OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Opens `name` below `directory`, an open one or AT_FDCWD; closes on exec. `mode` for a file
  /// that is made. Not to be called twice.
  [[nodiscard]] int open_at(int directory, const char* name, int flags, mode_t mode = 0) noexcept;
  /// Writes all of it.
  [[nodiscard]] int write(std::string_view bytes) noexcept;
  /// Reads up to `size` bytes: less only at the end of the file. `count` says how many.
  [[nodiscard]] int read(char* buffer, std::size_t size, std::size_t& count) noexcept;
  /// Brings it to disk.
  [[nodiscard]] int sync() noexcept;
  /// Some file systems tell only now what they could not write.
  [[nodiscard]] int close() noexcept;

  [[nodiscard]] int number() const noexcept { return number_; }
  /// From now on somebody else closes it.
  void release() noexcept { number_ = -1; }

 private:
  int number_ = -1;
};

}  // namespace async_http_pool
