#pragma once

#include <async_http_pool/redis_store.hpp>

namespace async_http_pool {

/// `options` with what `options.url` names in place of the members, and without the URL. Throws
/// `std::invalid_argument` with the reason only: whatever is wrong with a URL, any part of it may
/// be a part of the password.
[[nodiscard]] RedisStoreOptions resolve_redis_url(RedisStoreOptions options);

}  // namespace async_http_pool
