#pragma once

#include <optional>
#include <string_view>

#include "http/http_date.hpp"

namespace async_http_pool {

/// A date as servers write it into cookies (RFC 6265, section 5.1.1): time, day, month and year in
/// whatever order, with whatever in between. None when one of them is missing or cannot be.
[[nodiscard]] std::optional<WallTime> parse_cookie_date(std::string_view text) noexcept;

}  // namespace async_http_pool
