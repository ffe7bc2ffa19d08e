#include <async_http_pool/configuration.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "http/ascii.hpp"
#include "http/url.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

using Milliseconds = Configuration::Milliseconds;

/// Far beyond any use, and far from where adding it to a clock would overflow.
constexpr Milliseconds duration_max = std::chrono::hours(24 * 3650);

[[noreturn]] void refuse(std::string_view option, std::string_view rule, std::string_view value) {
  throw std::invalid_argument(fmt::format("{} must be {}, got: {}", option, rule, value));
}

struct Range {
  int min;
  int max;
};

int checked(std::string_view option, int value, Range range) {
  if (value < range.min) {
    refuse(option, range.min == 0 ? "a non-negative integer" : "a positive number",
           std::to_string(value));
  }
  if (value > range.max) {
    refuse(option, fmt::format("at most {}", range.max), std::to_string(value));
  }
  return value;
}

constexpr int unlimited = std::numeric_limits<int>::max();

std::size_t checked_size(std::string_view option, std::size_t value) {
  if (value == 0) {
    refuse(option, "a positive number", "0");
  }
  return value;
}

Milliseconds checked_duration(std::string_view option, Milliseconds value) {
  if (value <= Milliseconds::zero()) {
    refuse(option, "a positive number", fmt::format("{} ms", value.count()));
  }
  if (value > duration_max) {
    refuse(option, "at most ten years", fmt::format("{} ms", value.count()));
  }
  return value;
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

Configuration& Configuration::set_max_connections(int value) {
  max_connections_ = checked("max_connections", value, {1, 1'000'000});
  return *this;
}

Configuration& Configuration::set_connection_pool_size(int value) {
  connection_pool_size_ = checked("connection_pool_size", value, {1, unlimited});
  return *this;
}

Configuration& Configuration::set_agents(int value) {
  agents_ = checked("agents", value, {1, 64});
  return *this;
}

Configuration& Configuration::set_lane_size(int value) {
  lane_size_ = checked("lane_size", value, {1, 100'000});
  return *this;
}

Configuration& Configuration::set_request_timeout(Milliseconds value) {
  request_timeout_ = checked_duration("request_timeout", value);
  return *this;
}

Configuration& Configuration::set_connection_timeout(std::optional<Milliseconds> value) {
  connection_timeout_ =
      value ? std::optional(checked_duration("connection_timeout", *value)) : std::nullopt;
  return *this;
}

Configuration& Configuration::set_shutdown_timeout(Milliseconds value) {
  shutdown_timeout_ = checked_duration("shutdown_timeout", value);
  return *this;
}

Configuration& Configuration::set_slow_callback_threshold(Milliseconds value) {
  slow_callback_threshold_ = checked_duration("slow_callback_threshold", value);
  return *this;
}

Configuration& Configuration::set_max_response_size(std::size_t value) {
  max_response_size_ = checked_size("max_response_size", value);
  return *this;
}

Configuration& Configuration::set_max_header_size(std::size_t value) {
  max_header_size_ = checked_size("max_header_size", value);
  return *this;
}

Configuration& Configuration::set_max_header_count(int value) {
  max_header_count_ = checked("max_header_count", value, {1, unlimited});
  return *this;
}

Configuration& Configuration::set_max_redirects(int value) {
  max_redirects_ = checked("max_redirects", value, {0, unlimited});
  return *this;
}

Configuration& Configuration::set_retries(int value) {
  retries_ = checked("retries", value, {0, 100});
  return *this;
}

Configuration& Configuration::set_retry_delay(Milliseconds value) {
  retry_delay_ = checked_duration("retry_delay", value);
  return *this;
}

Configuration& Configuration::set_raise_error_responses(bool value) noexcept {
  raise_error_responses_ = value;
  return *this;
}

Configuration& Configuration::set_user_agent(std::string_view value) {
  if (!is_field_value(value)) {
    refuse("user_agent", "free of control characters", quoted(value));
  }
  user_agent_ = std::string(trim(value));
  return *this;
}

Configuration& Configuration::set_proxy_url(std::string_view value) {
  if (!value.empty() && !is_proxy_url(value)) {
    refuse("proxy_url", "an HTTP or HTTPS URL without a path", quoted(without_credentials(value)));
  }
  proxy_url_ = std::string(value);
  return *this;
}

Configuration& Configuration::set_ca_file(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    refuse("ca_file", "free of NUL", quoted(value));
  }
  ca_file_ = std::string(value);
  return *this;
}

Configuration& Configuration::set_selector(SelectorKind value) {
#if !defined(__linux__)
  if (value == SelectorKind::epoll) {
    refuse("selector", "automatic or poll on this system", "epoll");
  }
#endif
  selector_ = value;
  return *this;
}

Configuration& Configuration::set_logger(std::shared_ptr<Logger> value) noexcept {
  logger_ = std::move(value);
  return *this;
}

}  // namespace async_http_pool
