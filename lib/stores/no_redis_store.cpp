#include <async_http_pool/redis_store.hpp>

#include <stdexcept>

namespace async_http_pool {
namespace {

[[noreturn]] void refuse() { throw std::runtime_error("built without Redis"); }

}  // namespace

class RedisStore::Impl {};

RedisStore::RedisStore(RedisStoreOptions) { refuse(); }

RedisStore::~RedisStore() = default;

// No store is ever made to call these on.
std::string RedisStore::store(std::string_view, std::string_view) { refuse(); }

std::optional<std::string> RedisStore::fetch(std::string_view) { refuse(); }

void RedisStore::remove(std::string_view) { refuse(); }

bool RedisStore::is_available() noexcept { return false; }

}  // namespace async_http_pool
