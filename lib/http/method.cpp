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

/// By byte: whether a token may not contain it. A table, since every header line of a response is
/// checked.
constexpr std::array<bool, 256> is_no_token_byte = [] {
  std::array<bool, 256> refused{};
  for (unsigned byte = 0; byte < refused.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool is_other = std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    refused[byte] = !is_alphanumeric && !is_other;
  }
  return refused;
}();

}  // namespace

bool is_token(std::string_view text) noexcept {
  bool is_refused = text.empty();
  for (const char c : text) is_refused |= is_no_token_byte[static_cast<unsigned char>(c)];
  return !is_refused;
}

bool is_standard_method(std::string_view method) noexcept {
  return std::ranges::find(standard_methods, method) != standard_methods.end();
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
