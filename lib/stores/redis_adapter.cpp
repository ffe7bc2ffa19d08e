#include <async_http_pool/redis_store.hpp>
#include "config/built_in_adapters.hpp"
#include "stores/adapters.hpp"
#include "stores/store_options.hpp"

namespace async_http_pool {

std::shared_ptr<PayloadStore> make_redis_store(const Value& options) {
  StoreOptions given(redis_adapter, options);
  RedisStoreOptions redis;
  StoreOptions::take(given.string("url"), redis.url);
  StoreOptions::take(given.string("host"), redis.host);
  StoreOptions::take(given.integer("port"), redis.port);
  StoreOptions::take(given.string("unix_socket"), redis.unix_socket);
  StoreOptions::take(given.string("user"), redis.user);
  StoreOptions::take(given.string("password"), redis.password);
  StoreOptions::take(given.integer("db"), redis.db);
  StoreOptions::take(given.boolean("tls"), redis.tls);
  StoreOptions::take(given.string("ca_file"), redis.ca_file);
  StoreOptions::take(given.string("key_prefix"), redis.key_prefix);
  redis.ttl = given.seconds("ttl");
  StoreOptions::take(given.seconds("connect_timeout"), redis.connect_timeout);
  StoreOptions::take(given.seconds("command_timeout"), redis.command_timeout);
  StoreOptions::take(given.integer("max_connections"), redis.max_connections);
  given.refuse_others();
  return std::make_shared<RedisStore>(std::move(redis));
}

}  // namespace async_http_pool
