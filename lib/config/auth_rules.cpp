#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "config/option_rules.hpp"
#include "http/ascii.hpp"
#include "http/url.hpp"

namespace async_http_pool {
namespace {

constexpr std::array<std::string_view, 3> schemes = {"basic", "digest", "negotiate"};

bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool is_printable_text(std::string_view text) noexcept {
  return std::ranges::none_of(text, is_control);
}

bool is_bearer_token(std::string_view text) noexcept {
  const std::size_t padding = std::min(text.find('='), text.size());
  return padding > 0 &&
         std::ranges::all_of(text.substr(0, padding),
                             [](char c) {
                               constexpr std::string_view others = "-._~+/";
                               const char lower = to_lower(c);
                               return (lower >= 'a' && lower <= 'z') || is_digit(c) ||
                                      others.find(c) != std::string_view::npos;
                             }) &&
         std::ranges::all_of(text.substr(padding), [](char c) { return c == '='; });
}

bool is_origin(std::string_view text) {
  try {
    return Url::parse(text).target() == "/" && text.find('#') == std::string_view::npos;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

/// For values that may be a secret.
[[noreturn]] void refuse(std::string_view option, std::string_view rule) {
  throw std::invalid_argument(fmt::format("{} must be {}", option, rule));
}

}  // namespace

void check_auth_schemes(std::string_view option, const TextList& value) {
  for (const std::string& scheme : value) {
    if (std::ranges::find(schemes, scheme) == schemes.end()) {
      throw std::invalid_argument(fmt::format("{} must be of {}, got: {}", option,
                                              fmt::join(schemes, ", "), quoted(scheme)));
    }
  }
}

void check_username(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!is_printable_text(value) || value.find(':') != std::string_view::npos)
    refuse(option, "free of colons and control characters");
}

void check_password(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!is_printable_text(value)) refuse(option, "free of control characters");
}

void check_bearer_token(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!value.empty() && !is_bearer_token(value))
    refuse(option, "a token of letters, digits and -._~+/, with = at its end only");
}

void check_auth_origin(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!value.empty() && !is_origin(value)) {
    throw std::invalid_argument(
        fmt::format("{} must be an HTTP or HTTPS URL without a path, got: {}", option,
                    quoted(redact_url(value))));
  }
}

}  // namespace async_http_pool
