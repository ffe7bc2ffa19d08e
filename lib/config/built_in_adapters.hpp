#pragma once

#include <array>
#include <string_view>

namespace async_http_pool {

// The payload store adapters that are there without being registered: here their names, in `stores`
// what makes them.
inline constexpr std::string_view file_adapter = "file";
inline constexpr std::string_view redis_adapter = "redis";
inline constexpr std::string_view s3_adapter = "s3";
inline constexpr std::array built_in_adapters = {file_adapter, redis_adapter, s3_adapter};

}  // namespace async_http_pool
