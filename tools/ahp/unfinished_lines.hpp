#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace ahp_tool {

/// A line of input as it was read.
struct SourceLine {
  std::uint64_t number = 0;  ///< from 1
  std::string text;          ///< byte for byte, without the newline
  bool ends_line = true;     ///< false: too long, the rest of it has not been read yet
};

/// Collects the lines that have no outcome in the output. Any-thread.
class UnfinishedLines {
 public:
  /// Makes room for `count` lines more: those can be added even when memory has run out. Throws
  /// `std::bad_alloc`.
  void make_room(std::size_t count) {
    const std::lock_guard lock(mutex_);
    if (lines_.capacity() - lines_.size() < count)
      lines_.reserve(std::max(2 * lines_.capacity(), lines_.size() + count));
  }

  /// Within the room that was made.
  void add(SourceLine line) noexcept {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  /// All of them, in the order of the input.
  [[nodiscard]] std::vector<SourceLine> take();

 private:
  std::mutex mutex_;
  std::vector<SourceLine> lines_;  // mutex_
};

}  // namespace ahp_tool
