#pragma once

#include <cstddef>
#include <string_view>

namespace async_http_pool {

/// With ".json" and what a temporary file adds a key stays below the 255 bytes of a file name.
inline constexpr std::size_t payload_key_bytes_max = 200;

/// Throws `std::invalid_argument` unless `key` is one by the rule of `PayloadStore`: what is a file
/// name, a Redis key and an S3 key as it stands.
void check_payload_key(std::string_view key);

}  // namespace async_http_pool
