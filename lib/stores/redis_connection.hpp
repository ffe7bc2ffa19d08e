#pragma once

#include "base/clock.hpp"
#include "base/secret_mask.hpp"
#include "stores/redis_reply.hpp"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>

#include <async_http_pool/redis_store.hpp>

struct redisContext;
struct ssl_st;

namespace async_http_pool {

class RedisTls;

/// One connection to the server. Of hiredis it uses the buffers and the parser (and TLS), and waits
/// itself: the time-outs of hiredis are for each read and write, so that a server which sends a
/// byte now and then would never meet them.
class RedisConnection {
 public:
  /// Connects, then AUTH and SELECT as far as the options ask for them. `tls`: null for none.
  /// Throws `RedisFailure`.
  RedisConnection(const RedisStoreOptions& options, const RedisTls* tls, TimePoint deadline);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends one command of any bytes and returns its reply, which may be an error. Throws
  /// `RedisFailure`, and `RedisConnectionLost` when the connection broke before there was a reply.
  RedisReply run(std::initializer_list<std::string_view> command, TimePoint deadline);

  /// Whether the next reply will be that of the next command, as far as one can know: all that was
  /// sent is answered, the server sent nothing else, and has not closed.
  [[nodiscard]] bool is_reusable() const noexcept;

 private:
  struct Free {
    void operator()(redisContext* context) const noexcept;
  };
  /// An error that came while there was more to send: the server gave up on the command. The
  /// connection is of no more use.
  using EarlyReply = std::optional<RedisReply>;

  void log_in(const RedisStoreOptions& options, TimePoint deadline);
  [[nodiscard]] EarlyReply send(std::initializer_list<std::string_view> command,
                                TimePoint deadline);
  [[nodiscard]] EarlyReply append(std::string_view bytes, TimePoint deadline);
  [[nodiscard]] EarlyReply flush(TimePoint deadline);
  [[nodiscard]] RedisReply receive(TimePoint deadline);
  /// Reads once; returns whether there was something.
  [[nodiscard]] bool read_some();
  [[nodiscard]] std::optional<RedisReply> take_reply();
  [[nodiscard]] EarlyReply take_early_reply();
  /// After a failed write: a server that closes says why before.
  [[nodiscard]] EarlyReply last_words();
  short wait(short events, TimePoint deadline) const;
  [[noreturn]] void fail() const;
  [[noreturn]] static void fail_by_timeout();

  const SecretMask secrets_;
  std::unique_ptr<redisContext, Free> context_;
  const ssl_st* tls_session_ = nullptr;  // the context's; none without TLS
  std::size_t unsent_ = 0;               // bytes appended since the last complete flush
  bool is_in_step_ = true;               // all that was sent is answered, and nothing else came
};

}  // namespace async_http_pool
