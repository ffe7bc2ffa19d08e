#pragma once

#include <string_view>

namespace async_http_pool {

/// Throws `std::invalid_argument` unless `key` is one by the rule of `PayloadStore`: what is a file
/// name, a Redis key and an S3 key as it stands.
void check_payload_key(std::string_view key);

}  // namespace async_http_pool
