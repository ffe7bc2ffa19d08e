#include <async_http_pool/redis_store.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "stores/payload_key.hpp"
#include "stores/redis_connection_pool.hpp"
#include "stores/redis_options.hpp"

namespace async_http_pool {
namespace {

/// Of a string in Redis, unless its configuration says less (proto-max-bulk-len).
constexpr std::size_t payload_bytes_max = std::size_t{512} << 20;

}  // namespace

class RedisStore::Impl {
 public:
  explicit Impl(RedisStoreOptions options)
      : options_(checked_redis_options(std::move(options))), pool_(options_) {}

  void store(std::string_view key, std::string_view payload) {
    check_payload_key(key);
    const std::string name = options_.key_prefix + std::string(key);
    with_place("SET", key, [&] {
      if (payload.size() > payload_bytes_max) {
        throw RedisFailure(
            PayloadStoreErrorCode::payload_too_large,
            fmt::format("{} bytes, Redis takes {}", payload.size(), payload_bytes_max));
      }
      if (!options_.ttl) return run({"SET", name, payload}).expect_ok();
      run({"SET", name, payload, "PX", std::to_string(options_.ttl->count())}).expect_ok();
    });
  }

  std::optional<std::string> fetch(std::string_view key) {
    check_payload_key(key);
    const std::string name = options_.key_prefix + std::string(key);
    return with_place("GET", key, [&] { return run({"GET", name}).string_or_none(); });
  }

  void remove(std::string_view key) {
    check_payload_key(key);
    const std::string name = options_.key_prefix + std::string(key);
    with_place("DEL", key, [&] { run({"DEL", name}).expect_integer(); });
  }

 private:
  /// Runs `action`; what fails in it is told as a failure of `verb` on `key`.
  template <typename Action>
  std::invoke_result_t<Action> with_place(std::string_view verb, std::string_view key,
                                          Action action) {
    try {
      return action();
    } catch (const RedisFailure& failure) {
      throw PayloadStoreError(
          failure.code(),
          fmt::format("redis at {}: {} {}: {}", redis_place(options_), verb, key, failure.what()));
    }
  }

  RedisReply run(std::initializer_list<std::string_view> command) {
    TimePoint deadline;
    {
      auto lease = pool_.acquire(RedisConnectionPool::Kind::any,
                                 SteadyClock::now() + options_.connect_timeout);
      deadline = SteadyClock::now() + options_.command_timeout;
      try {
        return lease.connection().run(command, deadline);
      } catch (const RedisConnectionLost&) {
        if (!lease.is_used()) throw;
      }
    }
    // It had died since its last command. All commands here may run twice.
    auto lease = pool_.acquire(RedisConnectionPool::Kind::fresh, deadline);
    return lease.connection().run(command, deadline);
  }

  const RedisStoreOptions options_;
  RedisConnectionPool pool_;
};

RedisStore::RedisStore(RedisStoreOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

RedisStore::~RedisStore() = default;

std::string RedisStore::store(std::string_view key, std::string_view payload) {
  impl_->store(key, payload);
  return std::string(key);
}

std::optional<std::string> RedisStore::fetch(std::string_view key) { return impl_->fetch(key); }

void RedisStore::remove(std::string_view key) { impl_->remove(key); }

bool RedisStore::is_available() noexcept { return true; }

}  // namespace async_http_pool
