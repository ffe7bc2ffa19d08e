#pragma once

#include <string>

#include "base/open_file.hpp"

namespace async_http_pool {

/// The directory of a file store: where it is, how it is made and opened. any-thread
class PayloadDirectory {
 public:
  /// `path` as the application gave it; empty for the default one, which has to be the user's own.
  /// Throws `std::invalid_argument` when it cannot be a path, `PayloadStoreError` when there is no
  /// default one.
  explicit PayloadDirectory(const std::string& path);

  /// Absolute: a later `chdir` changes nothing.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Of the file `name` in it; for messages.
  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + '/' + name; }

  /// Makes the directory with its parents unless it is there. Throws `PayloadStoreError`.
  void make() const;
  /// Returns whether it is there, opened as `out`. Throws `PayloadStoreError` when it is no
  /// directory, cannot be opened, or belongs to somebody else.
  [[nodiscard]] bool open(OpenFile& out) const;

 private:
  void check_owner(const OpenFile& directory) const;

  std::string path_;
  bool is_default_;
};

}  // namespace async_http_pool
