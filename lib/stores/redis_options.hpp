#pragma once

#include <string>

#include <async_http_pool/redis_store.hpp>

namespace async_http_pool {

/// The options of a store, its URL resolved. Throws `std::invalid_argument` naming the one that is
/// wrong.
[[nodiscard]] RedisStoreOptions checked_redis_options(RedisStoreOptions options);

/// Where the server is, for messages: "127.0.0.1:6379", "[::1]:6379", "/run/redis.sock".
[[nodiscard]] std::string redis_place(const RedisStoreOptions& options);

}  // namespace async_http_pool
