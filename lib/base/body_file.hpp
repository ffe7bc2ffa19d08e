#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace async_http_pool {

/// A file that is sent, from its start and as often as necessary. Open only while its bytes are
/// being read: requests that wait hold no descriptor. Calls block for as long as the disk does. One
/// thread at a time.
class BodyFile {
 public:
  explicit BodyFile(std::string path) noexcept : path_(std::move(path)) {}
  ~BodyFile() { close(); }
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  // Each throws `std::bad_alloc`; when it fails otherwise, `failure` says why.

  /// Learns the size, and that it is a regular file which can be read; starts over.
  [[nodiscard]] bool measure();
  /// The next bytes, at most `size`, into `buffer`: 0 at the end, none when it failed. The last
  /// ones come only if the file has the size that was measured.
  [[nodiscard]] std::optional<std::size_t> read(char* buffer, std::size_t size);

  /// Goes on from there.
  void seek(std::uint64_t position) noexcept { position_ = position; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Whether it failed for want of descriptors or memory: later it may work.
  [[nodiscard]] bool lacks_resources() const noexcept { return lacks_resources_; }
  /// `file "report.csv": No such file or directory`
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  [[nodiscard]] bool open();
  void close() noexcept;
  [[nodiscard]] bool check_size();
  bool fail(const std::string& reason);
  bool fail(int error);

  std::string path_;
  std::string failure_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  int descriptor_ = -1;
  bool lacks_resources_ = false;
};

}  // namespace async_http_pool
