#pragma once

#include "owned_descriptor.hpp"

#include <string_view>

namespace ahp_tool {

/// What became of a write.
enum class WriteResult { done, failed, abandoned };

/// A file, pipe or terminal that whole lines are written to. One thread at a time.
class OutputStream {
 public:
  explicit OutputStream(OwnedDescriptor file);

  /// Writes all of `line`, waiting for a reader that is slow, but only until `give_up` is readable.
  [[nodiscard]] WriteResult write_line(std::string_view line, const Wakeup& give_up);
  /// Sleeps until `wakeup` is raised, or returns false at once when nobody reads any more.
  [[nodiscard]] bool wait(const Wakeup& wakeup);
  /// Brings what was written to disk, if it is a file. Returns false when that fails.
  [[nodiscard]] bool sync();
  /// Returns false when a disk that is full shows only now.
  [[nodiscard]] bool close();
  /// The number of the error that made the last call fail.
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  [[nodiscard]] WriteResult wait_writable(const Wakeup& give_up);

  OwnedDescriptor file_;
  bool may_block_;
  int error_ = 0;
};

}  // namespace ahp_tool
