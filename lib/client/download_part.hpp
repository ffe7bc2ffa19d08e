#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/open_file.hpp"

namespace async_http_pool {

/// What is known about the content that a part is of.
struct DownloadRecord {
  std::string url;
  std::string validator;                    ///< see `download_validator`
  std::optional<std::uint64_t> total = {};  ///< bytes, if that is known
};

/// The file that a download goes into until it is complete, PATH.part, and what has to be known to
/// continue it, PATH.part.json. Locked against other downloads while this lives; a part without a
/// byte does not outlive it. Members throw `std::system_error`.
class DownloadPart {
 public:
  /// Opens it, or makes it. Throws also when another download has it, and when `path` is a
  /// directory; `std::invalid_argument` when it is no path.
  explicit DownloadPart(std::string_view path);
  ~DownloadPart();
  DownloadPart(const DownloadPart&) = delete;
  DownloadPart& operator=(const DownloadPart&) = delete;

  /// What an earlier download of `url` left to be continued; none when there is nothing of use.
  [[nodiscard]] std::optional<DownloadRecord> recall(const std::string& url) const;
  /// Drops all bytes; `record` is for those to come, and kept when it has a validator.
  void start_anew(const DownloadRecord& record);
  /// Drops the bytes from `offset` on.
  void go_on_at(std::uint64_t offset);
  void write(std::string_view bytes);
  /// Gives it its name, on disk.
  void publish();

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] bool try_open();
  void lock() const;
  void truncate(std::uint64_t bytes);
  void keep(const DownloadRecord& record) const;
  [[noreturn]] void fail(const char* what, const std::string& path, int error) const;

  const std::string path_;
  const std::string part_path_;
  const std::string record_path_;
  std::optional<OpenFile> file_;
  std::uint64_t bytes_ = 0;
  bool is_published_ = false;
};

}  // namespace async_http_pool
