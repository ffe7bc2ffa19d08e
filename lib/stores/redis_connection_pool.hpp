#pragma once

#include "base/clock.hpp"
#include "base/fork_detector.hpp"
#include "stores/redis_connection.hpp"
#include "stores/redis_error.hpp"
#include "stores/redis_tls.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <async_http_pool/redis_store.hpp>

namespace async_http_pool {

/// At most `max_connections` connections, made when they are needed; the one used last is used
/// first. While none can be made, attempts are spaced out (`redis_backoff`), one at a time.
/// any-thread
///
/// A forked child leaves the connections of its parent alone and begins with none: two processes
/// that take turns on one connection would get each other's replies.
class RedisConnectionPool {
  struct Shared;

 public:
  /// A connection for one command. Returned when it is still good at the end, else dropped.
  class Lease {
   public:
    Lease(Shared& shared, std::unique_ptr<RedisConnection> connection, bool is_used) noexcept;
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] RedisConnection& connection() noexcept { return *connection_; }
    /// Whether it was made for another command: the server may have closed it since.
    [[nodiscard]] bool is_used() const noexcept { return is_used_; }

   private:
    Shared& shared_;
    std::unique_ptr<RedisConnection> connection_;
    bool is_used_;
  };

  enum class Kind {
    any,   ///< an idle one if there is one
    fresh  ///< after an idle one turned out to be dead
  };

  /// `options` are checked. Throws like `RedisTls`.
  explicit RedisConnectionPool(const RedisStoreOptions& options);
  ~RedisConnectionPool();
  RedisConnectionPool(const RedisConnectionPool&) = delete;
  RedisConnectionPool& operator=(const RedisConnectionPool&) = delete;

  /// Waits until `deadline` for a free place or the next attempt; connecting may take
  /// `connect_timeout` from then on. Throws `RedisFailure`.
  [[nodiscard]] Lease acquire(Kind kind, TimePoint deadline);

 private:
  /// What there is between threads of one process. Not `Guarded`: threads wait for changes.
  struct Shared {
    Shared() = default;
    void release(std::unique_ptr<RedisConnection> connection) noexcept;
    void connected() noexcept;
    void failed(int failures_before, const RedisFailure* failure) noexcept;

    const ForkDetector detector;
    std::mutex mutex;
    std::condition_variable changed;
    // All guarded by mutex:
    std::vector<std::unique_ptr<RedisConnection>> idle;  // the one used last at the back
    int leased = 0;                                      // those being made included
    int failures = 0;                                    // attempts in a row
    bool is_attempting = false;                          // after failures: one at a time
    TimePoint next_attempt;                              // after failures
    std::optional<RedisFailure> last_failure;
  };

  [[nodiscard]] Shared& shared();
  [[nodiscard]] std::unique_ptr<Shared> make_shared() const;
  [[nodiscard]] bool may_connect(const Shared& shared) const;
  /// Throws when `deadline` is over.
  void wait_for_change(Shared& shared, std::unique_lock<std::mutex>& lock,
                       TimePoint deadline) const;
  [[nodiscard]] Lease connect(Shared& shared, std::unique_lock<std::mutex> lock);

  const RedisStoreOptions options_;
  const std::unique_ptr<const RedisTls> tls_;  // none without TLS
  std::atomic<Shared*> shared_;
};

}  // namespace async_http_pool
