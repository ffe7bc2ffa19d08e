#include "stores/redis_connection.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <string>

#include <poll.h>

#include "base/printable.hpp"
#include "base/sigpipe_block.hpp"
#include "base/tls_client.hpp"
#include "stores/redis_error.hpp"
#include "stores/redis_socket.hpp"
#include "stores/redis_tls.hpp"

namespace async_http_pool {
namespace {

using Code = PayloadStoreErrorCode;

/// A command goes through the buffer of hiredis in pieces: hiredis copies what it is given, and
/// moves all of the rest whenever a part of it was written.
constexpr std::size_t piece_bytes = std::size_t{256} << 10;

/// Redis holds no string beyond 512 MiB; with what a reply needs around it.
constexpr std::size_t reply_bytes_max = (std::size_t{512} << 20) + (std::size_t{64} << 10);

}  // namespace

void RedisConnection::Free::operator()(redisContext* context) const noexcept {
  const SigpipeBlock block;  // TLS may say good-bye
  redisFree(context);
}

RedisConnection::RedisConnection(const RedisStoreOptions& options, const RedisTls* tls,
                                 TimePoint deadline)
    : secrets_({options.password}) {
  RedisSocket socket(options, deadline);
  context_.reset(redisConnectFd(socket.number()));
  if (context_ == nullptr) throw std::bad_alloc();
  static_cast<void>(socket.release());
  context_->flags &= ~REDIS_BLOCK;
  if (context_->err != 0) fail();
  if (tls != nullptr) {
    const SigpipeBlock block;
    clear_tls_errors();
    tls_session_ = &tls->start(*context_, options.host);
  }
  log_in(options, deadline);
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::log_in(const RedisStoreOptions& options, TimePoint deadline) {
  if (!options.user.empty()) {
    run({"AUTH", options.user, options.password}, deadline).expect_login(options.user);
  } else if (!options.password.empty()) {
    run({"AUTH", options.password}, deadline).expect_login("");
  }
  if (options.db != 0) run({"SELECT", std::to_string(options.db)}, deadline).expect_ok();
}

RedisReply RedisConnection::run(std::initializer_list<std::string_view> command,
                                TimePoint deadline) {
  is_in_step_ = false;
  if (EarlyReply early = send(command, deadline)) return *std::move(early);
  RedisReply reply = receive(deadline);
  is_in_step_ = context_->reader->pos == context_->reader->len;
  return reply;
}

bool RedisConnection::is_reusable() const noexcept {
  if (!is_in_step_ || context_->err != 0) return false;
  pollfd entry{.fd = context_->fd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, /*timeout=*/0) == 0;
}

RedisConnection::EarlyReply RedisConnection::send(std::initializer_list<std::string_view> command,
                                                  TimePoint deadline) {
  std::string head = "*" + std::to_string(command.size()) + "\r\n";
  for (const std::string_view argument : command) {
    head += "$" + std::to_string(argument.size()) + "\r\n";
    if (EarlyReply early = append(head, deadline)) return early;
    if (EarlyReply early = append(argument, deadline)) return early;
    head = "\r\n";
  }
  if (EarlyReply early = append(head, deadline)) return early;
  return flush(deadline);
}

RedisConnection::EarlyReply RedisConnection::append(std::string_view bytes, TimePoint deadline) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_bytes - unsent_);
    if (redisAppendFormattedCommand(context_.get(), piece.data(), piece.size()) != REDIS_OK) {
      throw std::bad_alloc();
    }
    bytes.remove_prefix(piece.size());
    unsent_ += piece.size();
    if (unsent_ < piece_bytes) break;
    if (EarlyReply early = flush(deadline)) return early;
  }
  return std::nullopt;
}

RedisConnection::EarlyReply RedisConnection::flush(TimePoint deadline) {
  for (;;) {
    int is_done = 0;
    int result = REDIS_OK;
    {
      const SigpipeBlock block;
      if (tls_session_ != nullptr) clear_tls_errors();
      result = redisBufferWrite(context_.get(), &is_done);
    }
    if (result != REDIS_OK) {
      if (EarlyReply early = last_words()) return early;
      fail();
    }
    if (is_done != 0) {
      unsent_ = 0;
      return std::nullopt;
    }
    const bool waits_for_peer = tls_session_ != nullptr && is_tls_waiting_to_read(*tls_session_);
    const short ready = wait(waits_for_peer ? POLLIN : POLLIN | POLLOUT, deadline);
    if ((ready & POLLIN) == 0) continue;
    static_cast<void>(read_some());
    if (EarlyReply early = take_early_reply()) return early;
  }
}

RedisReply RedisConnection::receive(TimePoint deadline) {
  for (;;) {
    if (std::optional<RedisReply> reply = take_reply()) return *std::move(reply);
    // Also when something came: what has no end must end, too.
    if (SteadyClock::now() >= deadline) fail_by_timeout();
    if (!read_some()) wait(POLLIN, deadline);
  }
}

bool RedisConnection::read_some() {
  const std::size_t before = context_->reader->len;
  int result = REDIS_OK;
  if (tls_session_ == nullptr) {
    result = redisBufferRead(context_.get());
  } else {
    const SigpipeBlock block;  // TLS may have to write
    clear_tls_errors();
    result = redisBufferRead(context_.get());
  }
  if (result != REDIS_OK) fail();
  if (context_->reader->len > reply_bytes_max) {
    throw RedisFailure(Code::internal, "the reply is too large");
  }
  return context_->reader->len > before;
}

std::optional<RedisReply> RedisConnection::take_reply() {
  void* reply = nullptr;
  if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) fail();
  if (reply == nullptr) return std::nullopt;
  return RedisReply(reply, secrets_);
}

RedisConnection::EarlyReply RedisConnection::take_early_reply() {
  EarlyReply reply = take_reply();
  if (reply && !reply->is_error()) {
    throw RedisFailure(Code::internal, "a reply came before the command was sent");
  }
  return reply;
}

RedisConnection::EarlyReply RedisConnection::last_words() {
  const int error = context_->err;
  context_->err = 0;
  EarlyReply early;
  try {
    do {
      early = take_early_reply();
    } while (!early && read_some());
  } catch (const RedisFailure&) {
    // It said nothing: the error before is the one to tell.
  }
  context_->err = error;
  return early;
}

short RedisConnection::wait(short events, TimePoint deadline) const {
  const short ready = wait_for_socket(context_->fd, events, deadline);
  if (ready == 0) fail_by_timeout();
  return ready;
}

void RedisConnection::fail() const {
  if (context_->err == REDIS_ERR_OOM) throw std::bad_alloc();
  if (tls_session_ != nullptr) {
    const std::string problem = tls_certificate_problem(*tls_session_);
    if (!problem.empty()) {
      throw RedisFailure(Code::misconfigured, "the server's certificate is refused: " + problem);
    }
  }
  const std::string text = printable(context_->errstr);
  if (context_->err == REDIS_ERR_PROTOCOL) throw RedisFailure(Code::internal, text);
  throw RedisConnectionLost("the connection broke: " + text);
}

void RedisConnection::fail_by_timeout() { throw RedisFailure(Code::timeout, "no answer in time"); }

}  // namespace async_http_pool
