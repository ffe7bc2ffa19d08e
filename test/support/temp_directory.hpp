#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// A fresh directory of its own, removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file and the directories above it; returns its full name.
  std::string write(std::string_view name, std::string_view content) const;
  /// The content of a file, empty when there is none.
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

/// The content of a file, empty when there is none.
[[nodiscard]] std::string content_of(const std::filesystem::path& file);

}  // namespace async_http_pool::test
