#pragma once

#include "owned_descriptor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ahp_tool {

/// A line of input, or a part of one that is longer than a piece may be.
struct LinePiece {
  std::uint64_t number = 0;  ///< of the line, from 1
  std::string text;          ///< byte for byte, without the newline
  bool begins_line = true;
  bool ends_line = true;
};

/// When `LineReader::next` gives up waiting for a slow input.
struct WaitLimits {
  int stop_fd;                                                      ///< ends the wait when readable
  std::optional<std::chrono::steady_clock::time_point> deadline{};  ///< none: for ever
};

/// Cuts a file, pipe or terminal into lines. One thread at a time.
class LineReader {
 public:
  LineReader(OwnedDescriptor input, std::size_t piece_bytes_max);

  /// The next line, as soon as it is complete. None at the end of the input, and when `limits`
  /// ended the wait: lines that were read already are handed out all the same. Throws
  /// `std::system_error` when the input cannot be read.
  [[nodiscard]] std::optional<LinePiece> next(const WaitLimits& limits);

  /// Leaves out what follows of the line whose last piece was handed out.
  void skip_line() noexcept { skipping_ = !at_line_begin_; }

  [[nodiscard]] bool at_end() const noexcept { return at_end_ && begin_ == buffer_.size(); }
  /// Whether reading never waits for another process.
  [[nodiscard]] bool is_regular_file() const noexcept { return is_regular_file_; }

 private:
  [[nodiscard]] std::optional<LinePiece> take();
  [[nodiscard]] LinePiece cut(std::size_t end, bool ends_line);
  [[nodiscard]] bool fill(const WaitLimits& limits);

  OwnedDescriptor input_;
  std::size_t piece_bytes_max_;
  bool is_regular_file_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what has not been handed out
  std::size_t scanned_ = 0;  // no newline between begin_ and here
  std::uint64_t number_ = 0;
  bool at_end_ = false;
  bool at_line_begin_ = true;
  bool skipping_ = false;
};

}  // namespace ahp_tool
