#include "http/set_cookie.hpp"

#include <algorithm>
#include <cstddef>

#include "http/ascii.hpp"
#include "http/cookie_date.hpp"
#include "http/cookie_rules.hpp"

namespace async_http_pool {
namespace {

/// Takes what stands before the next `separator`, or all of `text`.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::optional<std::chrono::seconds> read_max_age(std::string_view text) noexcept {
  constexpr std::chrono::seconds::rep longest = 10'000'000'000;  // 317 years
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  if (is_negative) return std::chrono::seconds(0);
  std::chrono::seconds::rep seconds = 0;
  for (const char c : text) seconds = std::min(seconds * 10 + (c - '0'), longest);
  return std::chrono::seconds(seconds);
}

/// The last attribute of a name counts, but for a date or an age that is none.
void read_attribute(SetCookie& cookie, std::string_view attribute) {
  constexpr std::size_t attribute_bytes_max = 1024;  // RFC 6265bis, section 5.6
  const std::string_view name = trim(take_until(attribute, '='));
  std::string_view value = trim(attribute);
  if (value.size() > attribute_bytes_max) return;
  if (equals_ignoring_case(name, "expires")) {
    if (const auto date = parse_cookie_date(value)) cookie.expires = date;
  } else if (equals_ignoring_case(name, "max-age")) {
    if (const auto age = read_max_age(value)) cookie.max_age = age;
  } else if (equals_ignoring_case(name, "domain")) {
    if (value.starts_with('.')) value.remove_prefix(1);
    cookie.domain = to_lower(value);
  } else if (equals_ignoring_case(name, "path")) {
    cookie.path = value.starts_with('/') ? value : std::string_view();
  } else if (equals_ignoring_case(name, "secure")) {
    cookie.is_secure = true;
  } else if (equals_ignoring_case(name, "httponly")) {
    cookie.is_http_only = true;
  }
}

}  // namespace

std::optional<SetCookie> parse_set_cookie(std::string_view text) {
  if (std::ranges::any_of(text, is_forbidden_in_cookie)) return std::nullopt;
  std::string_view pair = take_until(text, ';');
  if (pair.find('=') == std::string_view::npos) return std::nullopt;
  SetCookie cookie;
  cookie.name = trim(take_until(pair, '='));
  cookie.value = trim(pair);
  if (cookie.name.empty() || cookie.name.size() + cookie.value.size() > cookie_bytes_max)
    return std::nullopt;
  while (!text.empty()) read_attribute(cookie, take_until(text, ';'));
  return cookie;
}

}  // namespace async_http_pool
