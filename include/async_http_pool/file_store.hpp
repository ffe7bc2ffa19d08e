#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/payload_store.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct FileStoreOptions {
  /// Made with its parents when it is not there. Empty: `async_http_pool-payloads-<uid>` below the
  /// system's directory for temporary files ($TMPDIR, /tmp), which has to be the user's own.
  std::string directory = {};
  /// Unfinished files of writers that died are removed when a store is made, once they are this
  /// old. At least 1 s.
  std::chrono::milliseconds leftover_age = std::chrono::hours(1);
};

/// Payloads as files `<directory>/<key>.json`, as the Ruby original keeps them.
///
/// A payload is written to a temporary file, brought to disk (fsync), renamed, and the directory
/// brought to disk: readers in any process see all of it or nothing, also after a crash. When only
/// the last step fails `store` throws, and the payload is there, if perhaps not for long. Processes
/// may share a directory, on a local file system, as one user: others cannot read the files.
/// Nothing expires. A directory that is removed takes its payloads along, and is made again by the
/// next `store`.
class AHP_EXPORT FileStore final : public PayloadStore {
 public:
  /// Larger payloads are refused.
  static constexpr std::size_t payload_bytes_max = std::size_t{1} << 30;

  /// Throws `PayloadStoreError` when the directory cannot be made or is none,
  /// `std::invalid_argument` for a wrong option.
  explicit FileStore(const FileStoreOptions& options = {});
  ~FileStore() override;

  std::string store(std::string_view key, std::string_view payload) override;
  std::optional<std::string> fetch(std::string_view key) override;
  void remove(std::string_view key) override;

  /// Absolute.
  [[nodiscard]] const std::string& directory() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace async_http_pool
