#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// What ends a line.
enum class LineEnds {
  line_feed,  ///< LF or CR LF
  any         ///< CR alone, too
};

/// Takes a text apart into lines while it arrives, wherever its pieces are cut. A value.
class LineSplitter {
 public:
  explicit LineSplitter(LineEnds ends) noexcept : ends_(ends) {}

  /// The next line, without its end; it and what was before it are taken off `input`. None when
  /// `input` ended before the line did: all of it was taken then and is remembered. Valid until the
  /// next call, for as long as the bytes of `input` are there.
  ///
  /// Also none, and `is_too_long` from then on, when the line has more than `bytes_max` bytes, its
  /// end not counted.
  [[nodiscard]] std::optional<std::string_view> next(std::string_view& input,
                                                     std::size_t bytes_max);
  /// At the end of the text: what came behind the last end of a line, if anything. Likewise.
  [[nodiscard]] std::optional<std::string_view> last();

  [[nodiscard]] bool is_too_long() const noexcept { return is_too_long_; }

 private:
  LineEnds ends_;
  std::string held_;               // of a line that came in several pieces
  bool is_held_complete_ = false;  // held_ was handed out
  bool is_behind_cr_ = false;      // a line feed belongs to the end before it
  bool is_too_long_ = false;
};

}  // namespace async_http_pool
