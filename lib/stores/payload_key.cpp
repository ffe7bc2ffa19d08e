#include "stores/payload_key.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

bool is_key_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

void check_payload_key(std::string_view key) {
  if (key.empty()) throw std::invalid_argument("payload key is empty");
  if (key.size() > payload_key_bytes_max) {
    throw std::invalid_argument(fmt::format("payload key is longer than {} bytes, got: {}",
                                            payload_key_bytes_max, key.size()));
  }
  if (key.front() == '.' || !std::all_of(key.begin(), key.end(), is_key_character)) {
    throw std::invalid_argument(fmt::format(
        "payload key must be letters, digits, '-', '_' and '.', not first a dot, got: {}",
        quoted(key)));
  }
}

}  // namespace async_http_pool
