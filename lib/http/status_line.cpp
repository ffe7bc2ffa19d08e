#include "http/status_line.hpp"

#include "http/ascii.hpp"

#include <algorithm>

namespace async_http_pool {

namespace {

/// 0: none that there is. A minor version other than 0 and 1 is refused by libcurl as well.
int major_version_of(std::string_view version) noexcept {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return 1;
  if (version == "HTTP/2") return 2;
  return version == "HTTP/3" ? 3 : 0;
}

}  // namespace

std::optional<StatusLine> parse_status_line(std::string_view line) noexcept {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const int version = major_version_of(line.substr(0, space));
  const std::string_view rest = line.substr(space + 1);
  const std::string_view digits = rest.substr(0, rest.find(' '));  // not cut after the third
  if (version == 0 || digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return std::nullopt;
  const std::string_view reason = rest.substr(digits.size());
  if (!is_line_text(reason)) return std::nullopt;
  // HTTP/2 has no status lines, let alone reasons: a server wrote this one by hand.
  if (version > 1 && reason.size() > 1) return std::nullopt;
  const int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (status < 100) return std::nullopt;
  return StatusLine{.major_version = version, .status = status};
}

}  // namespace async_http_pool
