#include "config/option_rules.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "http/url.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

/// Far beyond any use, and far from where adding it to a clock would overflow.
constexpr Milliseconds duration_max = std::chrono::hours(24 * 3650);

[[noreturn]] void refuse(std::string_view option, std::string_view rule, std::string_view value) {
  throw std::invalid_argument(fmt::format("{} must be {}, got: {}", option, rule, value));
}

struct Range {
  int min = 1;
  int max = std::numeric_limits<int>::max();
};

void check_range(std::string_view option, int value, Range range) {
  if (value < range.min) {
    refuse(option, range.min == 0 ? "a non-negative integer" : "a positive number",
           std::to_string(value));
  }
  if (value > range.max)
    refuse(option, fmt::format("at most {}", range.max), std::to_string(value));
}

/// RFC 9110, section 5.5: printable, or a tab between.
bool is_field_value(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

/// RFC 3986, section 3.2.1, without control characters: libcurl takes no such credentials, and then
/// goes without the proxy.
bool is_user_information(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_unreserved(text[i]) || is_sub_delimiter(text[i]) || text[i] == ':') {
      continue;
    }
    const auto byte = percent_escape(text.substr(i));
    if (!byte || *byte < 0x20 || *byte == 0x7F) {
      return false;
    }
    i += 2;
  }
  return true;
}

/// Whether `text` is the URL of a proxy: an origin, perhaps with user information.
bool is_proxy_url(std::string_view text) {
  const UrlParts parts = split_url(text);
  if (!parts.scheme || !parts.authority || parts.query || parts.fragment) {
    return false;
  }
  const std::size_t at = parts.authority->rfind('@');
  const std::size_t host = at == std::string_view::npos ? 0 : at + 1;
  if (host > 0 && !is_user_information(parts.authority->substr(0, at))) {
    return false;
  }
  try {
    const std::string bare =
        fmt::format("{}://{}{}", *parts.scheme, parts.authority->substr(host), parts.path);
    return Url::parse(bare).target() == "/";
  } catch (const std::invalid_argument&) {
    return false;
  }
}

/// What may be shown of a text that is no URL of a proxy: nothing that stands before an @ in it.
std::string without_credentials(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return redact_url(at == std::string_view::npos ? text : text.substr(at + 1));
}

}  // namespace

void check_duration(std::string_view option, Milliseconds value) {
  if (value <= Milliseconds::zero()) {
    refuse(option, "a positive number", fmt::format("{} ms", value.count()));
  }
  if (value > duration_max) {
    refuse(option, "at most ten years", fmt::format("{} ms", value.count()));
  }
}

void check_duration_or_zero(std::string_view option, Milliseconds value) {
  if (value != Milliseconds::zero()) check_duration(option, value);
}

void check_size(std::string_view option, std::size_t value) {
  if (value == 0) refuse(option, "a positive number", "0");
}

void check_positive(std::string_view option, int value) { check_range(option, value, {}); }
void check_not_negative(std::string_view option, int value) { check_range(option, value, {0}); }
void check_retries(std::string_view option, int value) { check_range(option, value, {0, 100}); }
void check_agents(std::string_view option, int value) { check_range(option, value, {1, 64}); }

void check_max_connections(std::string_view option, int value) {
  check_range(option, value, {1, 1'000'000});
}

void check_lane_size(std::string_view option, int value) {
  check_range(option, value, {1, 100'000});
}

void check_selector(std::string_view option, SelectorKind value) {
#if defined(__linux__)
  static_cast<void>(option);
  static_cast<void>(value);
#else
  if (value == SelectorKind::epoll) refuse(option, "automatic or poll on this system", "epoll");
#endif
}

void check_field_value(std::string_view option, std::string_view value) {
  if (!is_field_value(value)) refuse(option, "free of control characters", quoted(value));
}

void check_path(std::string_view option, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) refuse(option, "free of NUL", quoted(value));
}

void check_proxy_url(std::string_view option, std::string_view value) {
  if (!value.empty() && !is_proxy_url(value)) {
    refuse(option, "an HTTP or HTTPS URL without a path", quoted(without_credentials(value)));
  }
}

}  // namespace async_http_pool
