#pragma once

#include "line_reader.hpp"
#include "requeue_file.hpp"
#include "unfinished_lines.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ahp_tool {

/// The next line that asks for something: blank lines and comments are left out.
[[nodiscard]] std::optional<LinePiece> next_request_line(LineReader& reader,
                                                         const WaitLimits& limits);

/// Writes requests without an outcome as the lines they came as, or only counts them.
class Leftovers {
 public:
  /// `file` may be null.
  explicit Leftovers(RequeueFile* file) noexcept : file_(file) {}

  /// Throws `std::system_error` when the file cannot be written.
  void add(const std::vector<SourceLine>& lines);
  /// What `reader` has left. A regular file is read to its end; another input until its end or
  /// `limits`. Throws `std::system_error` when the input cannot be read or the file cannot be
  /// written.
  void add_rest(LineReader& reader, const WaitLimits& limits);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  RequeueFile* file_;
  std::uint64_t count_ = 0;
};

}  // namespace ahp_tool
