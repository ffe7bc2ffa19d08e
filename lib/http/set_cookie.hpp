#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/http_date.hpp"

namespace async_http_pool {

/// The value of a `set-cookie` field taken apart (RFC 6265, section 5.2): what it asks for, not
/// whether the server may ask that.
struct SetCookie {
  std::string name;
  std::string value;
  std::optional<WallTime> expires;
  std::optional<std::chrono::seconds> max_age;  ///< counts instead of `expires`; not above 10^10
  std::string domain;                           ///< lower case, without a leading dot; may be empty
  std::string path;                             ///< begins with "/", or is empty: the default
  bool is_secure = false;
  bool is_http_only = false;
};

/// None for what has no name, for control characters, and for name and value of more than
/// `cookie_bytes_max` bytes. As with browsers, names and values need not keep to the grammar that
/// servers should follow.
[[nodiscard]] std::optional<SetCookie> parse_set_cookie(std::string_view text);

}  // namespace async_http_pool
