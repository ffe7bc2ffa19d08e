#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <async_http_pool/exceptions.hpp>

namespace async_http_pool {

/// What an error reply means: `text` is the reply without its minus sign, "OOM command not
/// allowed...".
[[nodiscard]] PayloadStoreErrorCode redis_error_code(std::string_view text) noexcept;

/// An error reply fit for a message: one line, cut where the server repeats the arguments of the
/// command, as these may be a password or a payload.
[[nodiscard]] std::string redis_error_text(std::string_view text);

/// All that is told of an error reply to AUTH: its first word, as the rest may be any part of the
/// arguments, in whatever form.
[[nodiscard]] std::string redis_login_error_text(std::string_view text);

/// Why a command or a connection failed; the store adds what was tried and where.
class RedisFailure : public std::runtime_error {
 public:
  RedisFailure(PayloadStoreErrorCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] PayloadStoreErrorCode code() const noexcept { return code_; }

 private:
  PayloadStoreErrorCode code_;
};

/// The connection broke before the reply was there.
class RedisConnectionLost final : public RedisFailure {
 public:
  explicit RedisConnectionLost(const std::string& message)
      : RedisFailure(PayloadStoreErrorCode::unavailable, message) {}
};

}  // namespace async_http_pool
