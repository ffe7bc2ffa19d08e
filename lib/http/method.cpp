#include "http/method.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/printable.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

constexpr std::array<std::string_view, 7> standard_methods = {"GET",   "HEAD",   "POST",   "PUT",
                                                              "PATCH", "DELETE", "OPTIONS"};

/// By byte: what it is in lower case; 0 for one that a token may not contain. A table, since every
/// header line of a response is checked.
constexpr std::array<char, 256> token_characters = [] {
  std::array<char, 256> lower{};
  for (unsigned byte = 1; byte < lower.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool is_other = std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    if (is_alphanumeric || is_other) lower[byte] = to_lower(c);
  }
  return lower;
}();

char token_character(char c) noexcept { return token_characters[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return token_character(c) != 0; });
}

std::optional<std::string> lower_token(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string lower(text);
  for (char& c : lower) {
    c = token_character(c);
    if (c == 0) return std::nullopt;
  }
  return lower;
}

std::string normalize_method(std::string_view method) {
  // A CONNECT makes a tunnel and a TRACE echoes credentials: neither is a request to hand to a
  // pool. libcurl compares some names without regard to case, so the odd spellings are refused as
  // well.
  if (!is_token(method) || equals_ignoring_case(method, "CONNECT") ||
      equals_ignoring_case(method, "TRACE")) {
    throw std::invalid_argument("http_method must be a token other than CONNECT and TRACE, got: " +
                                quoted(method));
  }
  for (const std::string_view standard : standard_methods) {
    if (equals_ignoring_case(method, standard)) {
      return std::string(standard);
    }
  }
  return std::string(method);
}

bool is_idempotent(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 5> idempotent = {"GET", "HEAD", "OPTIONS", "PUT",
                                                          "DELETE"};
  return std::ranges::find(idempotent, method) != idempotent.end();
}

bool allows_body(std::string_view method) noexcept { return method != "GET" && method != "HEAD"; }

}  // namespace async_http_pool
