#pragma once

#include <optional>
#include <string_view>

namespace async_http_pool {

struct StatusLine {
  int major_version;  ///< of HTTP: 1, 2 or 3
  int status;         ///< 100 to 999
};

/// Reads a status line without its line end (RFC 9112, section 4), or what libcurl makes of a
/// `:status` of HTTP/2 or HTTP/3: the same without a reason. Nothing when it is neither.
[[nodiscard]] std::optional<StatusLine> parse_status_line(std::string_view line) noexcept;

}  // namespace async_http_pool
