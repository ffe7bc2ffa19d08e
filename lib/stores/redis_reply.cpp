#include "stores/redis_reply.hpp"

#include <hiredis/hiredis.h>

#include <fmt/format.h>

#include "base/secret_mask.hpp"
#include "stores/redis_error.hpp"

namespace async_http_pool {

void RedisReply::Free::operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }

RedisReply::RedisReply(void* reply, const SecretMask& secrets)
    : reply_(static_cast<redisReply*>(reply)) {
  if (is_error()) error_ = secrets.masked(text());
}

bool RedisReply::is_error() const noexcept { return reply_->type == REDIS_REPLY_ERROR; }

std::string_view RedisReply::text() const noexcept { return {reply_->str, reply_->len}; }

void RedisReply::refuse(const char* wanted) const {
  if (is_error()) throw RedisFailure(redis_error_code(text()), redis_error_text(error_));
  // The kind as a number: names differ between versions, and the reply may hold a payload.
  throw RedisFailure(
      PayloadStoreErrorCode::internal,
      fmt::format("the reply is of the wrong kind ({}), expected {}", reply_->type, wanted));
}

void RedisReply::expect_ok() const {
  if (reply_->type != REDIS_REPLY_STATUS || text() != "OK") refuse("OK");
}

void RedisReply::expect_login(const std::string& user) const {
  if (is_error()) {
    throw RedisFailure(redis_error_code(text()),
                       redis_login_error_text(SecretMask({user}).masked(error_)));
  }
  expect_ok();
}

void RedisReply::expect_integer() const {
  if (reply_->type != REDIS_REPLY_INTEGER) refuse("an integer");
}

std::optional<std::string> RedisReply::string_or_none() const {
  if (reply_->type == REDIS_REPLY_NIL) return std::nullopt;
  if (reply_->type != REDIS_REPLY_STRING) refuse("a string");
  return std::string(text());
}

}  // namespace async_http_pool
