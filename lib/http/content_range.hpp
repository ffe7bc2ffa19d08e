#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace async_http_pool {

/// Which bytes of a content a message has, by its `content-range` (RFC 9110, section 14.4).
struct ContentRange {
  /// Both included; `first` is never behind `last`.
  struct Span {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    friend bool operator==(const Span&, const Span&) = default;
  };
  std::optional<Span> span;             ///< none: the range that was asked for is not there
  std::optional<std::uint64_t> length;  ///< of the whole content, if that is known

  friend bool operator==(const ContentRange&, const ContentRange&) = default;
};

/// Reads "bytes 0-99/1000", "bytes 0-99/*" and "bytes */1000"; none for anything else, other units
/// and numbers that do not fit together included.
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view text) noexcept;

}  // namespace async_http_pool
