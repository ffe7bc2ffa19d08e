#include "stores/redis_connection_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/random_fraction.hpp"
#include "stores/redis_backoff.hpp"

namespace async_http_pool {

RedisConnectionPool::Lease::Lease(Shared& shared, std::unique_ptr<RedisConnection> connection,
                                  bool is_used) noexcept
    : shared_(shared), connection_(std::move(connection)), is_used_(is_used) {}

RedisConnectionPool::Lease::~Lease() {
  if (!connection_->is_reusable()) connection_.reset();
  shared_.release(std::move(connection_));
}

void RedisConnectionPool::Shared::release(std::unique_ptr<RedisConnection> connection) noexcept {
  {
    const std::lock_guard lock(mutex);
    --leased;
    if (connection != nullptr) idle.push_back(std::move(connection));
  }
  changed.notify_all();
}

void RedisConnectionPool::Shared::connected() noexcept {
  {
    const std::lock_guard lock(mutex);
    failures = 0;
    is_attempting = false;
    last_failure.reset();
  }
  changed.notify_all();
}

void RedisConnectionPool::Shared::failed(int failures_before,
                                         const RedisFailure* failure) noexcept {
  {
    const std::lock_guard lock(mutex);
    --leased;
    if (failures_before > 0) is_attempting = false;
    // Attempts that began together fail for one and the same reason: they count once.
    if (failure != nullptr && failures == failures_before) {
      ++failures;
      next_attempt = SteadyClock::now() + redis_backoff(failures, random_fraction());
      last_failure = *failure;
    }
  }
  changed.notify_all();
}

RedisConnectionPool::RedisConnectionPool(const RedisStoreOptions& options)
    : options_(options),
      tls_(options.tls ? std::make_unique<const RedisTls>(options.ca_file) : nullptr),
      shared_(make_shared().release()) {}

RedisConnectionPool::~RedisConnectionPool() {
  Shared* const last = shared_.load();
  if (!last->detector.is_forked()) delete last;
}

std::unique_ptr<RedisConnectionPool::Shared> RedisConnectionPool::make_shared() const {
  auto shared = std::make_unique<Shared>();
  // So that returning a connection cannot fail.
  shared->idle.reserve(static_cast<std::size_t>(options_.max_connections));
  return shared;
}

RedisConnectionPool::Shared& RedisConnectionPool::shared() {
  Shared* current = shared_.load(std::memory_order_acquire);
  if (!current->detector.is_forked()) return *current;
  // Threads of the child may come here together: one of them wins, the others use what it made.
  std::unique_ptr<Shared> fresh = make_shared();
  Shared* const inherited = current;
  if (!shared_.compare_exchange_strong(current, fresh.get())) return *current;
  // Threads of the parent may have been in the middle of anything: what they share is never
  // destroyed here, as its mutex may be locked and its condition waited for, for ever. When it was
  // not locked the connections can be closed, so that the server sees the parent's end.
  if (const std::unique_lock lock(inherited->mutex, std::try_to_lock); lock.owns_lock()) {
    inherited->idle.clear();
  }
  return *fresh.release();
}

RedisConnectionPool::Lease RedisConnectionPool::acquire(Kind kind, TimePoint deadline) {
  Shared& shared = this->shared();
  std::unique_lock lock(shared.mutex);
  for (;;) {
    if (kind == Kind::any && !shared.idle.empty()) {
      std::unique_ptr<RedisConnection> connection = std::move(shared.idle.back());
      shared.idle.pop_back();
      ++shared.leased;
      lock.unlock();
      if (connection->is_reusable()) return {shared, std::move(connection), /*is_used=*/true};
      connection.reset();
      shared.release(nullptr);
      lock.lock();
    } else if (may_connect(shared)) {
      return connect(shared, std::move(lock));
    } else {
      wait_for_change(shared, lock, deadline);
    }
  }
}

bool RedisConnectionPool::may_connect(const Shared& shared) const {
  if (shared.leased >= options_.max_connections) return false;
  return shared.failures == 0 ||
         (!shared.is_attempting && SteadyClock::now() >= shared.next_attempt);
}

void RedisConnectionPool::wait_for_change(Shared& shared, std::unique_lock<std::mutex>& lock,
                                          TimePoint deadline) const {
  const bool has_place = shared.leased < options_.max_connections;
  if (SteadyClock::now() >= deadline) {
    if (has_place && shared.last_failure) throw RedisFailure(*shared.last_failure);
    throw RedisFailure(PayloadStoreErrorCode::overloaded,
                       fmt::format("all {} connections are in use", options_.max_connections));
  }
  const bool waits_for_time = has_place && !shared.is_attempting;
  shared.changed.wait_until(lock,
                            waits_for_time ? std::min(deadline, shared.next_attempt) : deadline);
}

RedisConnectionPool::Lease RedisConnectionPool::connect(Shared& shared,
                                                        std::unique_lock<std::mutex> lock) {
  ++shared.leased;
  const int failures = shared.failures;
  shared.is_attempting = failures > 0;
  std::unique_ptr<RedisConnection> surplus;
  if (shared.leased + static_cast<int>(shared.idle.size()) > options_.max_connections) {
    surplus = std::move(shared.idle.front());
    shared.idle.erase(shared.idle.begin());
  }
  lock.unlock();
  surplus.reset();
  try {
    auto connection = std::make_unique<RedisConnection>(
        options_, tls_.get(), SteadyClock::now() + options_.connect_timeout);
    shared.connected();
    return {shared, std::move(connection), /*is_used=*/false};
  } catch (const RedisFailure& failure) {
    shared.failed(failures, &failure);
    throw;
  } catch (...) {
    shared.failed(failures, nullptr);
    throw;
  }
}

}  // namespace async_http_pool
