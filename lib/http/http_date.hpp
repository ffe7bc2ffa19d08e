#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace async_http_pool {

/// The clock of dates on the wire.
using WallTime = std::chrono::sys_seconds;

/// A date in any of the three forms of RFC 9110, section 5.6.7; none for anything else. `now` says
/// which century a year of two digits is in.
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) noexcept;

/// How long a `retry-after` field (RFC 9110, section 10.2.3) asks to wait: seconds, or until a
/// date; 0 for a date that is over. None for what is neither. What no duration can hold is cut
/// down.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                                    WallTime now) noexcept;

}  // namespace async_http_pool
