#pragma once

#include "owned_descriptor.hpp"

#include <string>
#include <string_view>

namespace ahp_tool {

/// The file for requests that are left over. It is written beside its final place and moved there
/// in one step, so that the old content, which may be the input itself, stays until the new one is
/// safe on disk.
class RequeueFile {
 public:
  /// Throws `UsageError` when no such file can be made: better now than after the requests.
  explicit RequeueFile(const std::string& path);
  /// Removes what was not committed.
  ~RequeueFile();
  RequeueFile(const RequeueFile&) = delete;
  RequeueFile& operator=(const RequeueFile&) = delete;

  /// Throws `std::system_error` when the disk is full, as does `commit`.
  void append(std::string_view bytes);
  void commit();

 private:
  void flush();

  std::string path_;
  std::string temporary_path_;
  OwnedDescriptor file_;
  std::string buffer_;
};

}  // namespace ahp_tool
