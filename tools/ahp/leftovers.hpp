#pragma once

#include "line_reader.hpp"
#include "requeue_file.hpp"
#include "unfinished_lines.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

  void add(const std::vector<SourceLine>& lines);
  /// What `reader` has left. A regular file is read to its end; another input until its end or
  /// `limits`. Throws `std::system_error` when the input cannot be read.
  void add_rest(LineReader& reader, const WaitLimits& limits);

  /// Puts the file into its place. Returns why none of the lines is safe; empty: all are, or there
  /// is no file. To be called once, at the end.
  [[nodiscard]] std::string commit();

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  void write(std::string_view text, bool ends_line);

  RequeueFile* file_;  // null, too, once it failed: all lines are counted
  std::string failure_;
  std::uint64_t count_ = 0;
};

}  // namespace ahp_tool
