#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReply;

namespace async_http_pool {

class SecretMask;

/// One reply of the server.
class RedisReply {
 public:
  /// Takes a `redisReply` over. What it says when it is an error is told without `secrets`.
  RedisReply(void* reply, const SecretMask& secrets);

  [[nodiscard]] bool is_error() const noexcept;

  // Each throws `RedisFailure` when the reply is an error or of another kind.
  void expect_ok() const;
  /// That AUTH succeeded; of an error only the first word is told, and that without `user`.
  void expect_login(const std::string& user) const;
  void expect_integer() const;
  [[nodiscard]] std::optional<std::string> string_or_none() const;

 private:
  struct Free {
    void operator()(redisReply* reply) const noexcept;
  };
  [[nodiscard]] std::string_view text() const noexcept;
  /// What `text` means when it is an error, else that the reply is not `wanted`.
  [[noreturn]] void refuse(const char* wanted) const;

  std::unique_ptr<redisReply, Free> reply_;
  std::string error_;  // without secrets, and not cut
};

}  // namespace async_http_pool
