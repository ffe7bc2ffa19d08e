#include "config/option_rules.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "base/base64_decode.hpp"
#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "http/method.hpp"
#include "http/url.hpp"

namespace async_http_pool {
namespace {

/// Far beyond any use, and far from where adding it to a clock would overflow.
constexpr Milliseconds duration_max = std::chrono::hours(24 * 3650);

[[noreturn]] void refuse(std::string_view option, std::string_view rule, std::string_view value) {
  throw std::invalid_argument(fmt::format("{} must be {}, got: {}", option, rule, value));
}

/// For values that may be a secret.
[[noreturn]] void refuse(std::string_view option, std::string_view rule) {
  throw std::invalid_argument(fmt::format("{} must be {}", option, rule));
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

/// libcurl takes no text above 8 MB, a server hardly one of 64 KiB.
constexpr std::size_t text_bytes_max = 64UL * 1024;
/// For what else would be a file.
constexpr std::size_t file_bytes_max = 1024UL * 1024;

void check_bounded_text(std::string_view option, std::string_view value, std::size_t bytes_max) {
  if (value.size() > bytes_max) refuse(option, fmt::format("at most {} bytes", bytes_max));
  if (!is_utf8(value)) refuse(option, "UTF-8");
}

void check_no_nul(std::string_view option, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) refuse(option, "free of NUL");
}

/// RFC 9110, section 5.5: printable, or a tab between.
bool is_field_value(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

/// What libcurl takes for a pin; anything else would pass for the name of a file.
bool is_public_key_pin(std::string_view text) {
  constexpr std::string_view prefix = "sha256//";
  constexpr std::size_t digest_bytes = 32;
  constexpr std::size_t base64_bytes = 44;
  if (!text.starts_with(prefix) || text.size() != prefix.size() + base64_bytes) return false;
  try {
    return decode_base64(text.substr(prefix.size())).size() == digest_bytes;
  } catch (const std::invalid_argument&) {
    return false;
  }
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

void check_url_size(std::string_view option, std::size_t value) {
  check_size(option, value);
  if (value > Url::bytes_max) {
    refuse(option, fmt::format("at most {}", Url::bytes_max), std::to_string(value));
  }
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

void check_percentage(std::string_view option, int value) {
  check_range(option, value, {0, 10'000});
}

void check_error_statuses(std::string_view option, const IntegerList& value) {
  constexpr std::size_t count_max = 200;  // each of them once
  if (value.size() > count_max) {
    refuse(option, fmt::format("at most {} statuses", count_max), std::to_string(value.size()));
  }
  for (const int status : value) {
    if (status < 400 || status > 599)
      refuse(option, "statuses of 400 to 599", std::to_string(status));
  }
}

void check_field_names(std::string_view option, const TextList& value) {
  constexpr std::size_t count_max = 1000;
  if (value.size() > count_max) {
    refuse(option, fmt::format("at most {} names", count_max), std::to_string(value.size()));
  }
  for (const std::string& name : value) {
    check_text(option, name);
    if (!is_token(name)) refuse(option, "names of header fields", quoted(name));
  }
}

void check_text(std::string_view option, std::string_view value) {
  check_bounded_text(option, value, text_bytes_max);
}

void check_field_value(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!is_field_value(value)) refuse(option, "free of control characters", quoted(value));
}

void check_path(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (value.find('\0') != std::string_view::npos) refuse(option, "free of NUL", quoted(value));
}

void check_secret(std::string_view option, std::string_view value) {
  check_text(option, value);
  check_no_nul(option, value);
}

void check_pem(std::string_view option, std::string_view value) {
  check_bounded_text(option, value, file_bytes_max);
  check_no_nul(option, value);
  if (value.empty()) return;
  const std::size_t begin = value.find("-----BEGIN ");
  if (begin == std::string_view::npos || value.find("-----END ", begin) == std::string_view::npos)
    refuse(option, "PEM: no BEGIN and END in it");
}

void check_base64(std::string_view option, std::string_view value) {
  check_bounded_text(option, value, file_bytes_max);
  try {
    static_cast<void>(decode_base64(value));
  } catch (const std::invalid_argument&) {
    refuse(option, "base64");
  }
}

void check_public_key_pins(std::string_view option, std::string_view value) {
  check_text(option, value);
  constexpr std::size_t none = std::string_view::npos;
  for (std::size_t begin = value.empty() ? none : 0; begin != none;) {
    const std::size_t end = value.find(';', begin);
    if (!is_public_key_pin(value.substr(begin, end == none ? none : end - begin)))
      refuse(option, "sha256// and the base64 of a SHA-256, several with ; between", quoted(value));
    begin = end == none ? none : end + 1;
  }
}

}  // namespace async_http_pool
