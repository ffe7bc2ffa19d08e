#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReply;

namespace async_http_pool {

/// One reply of the server.
class RedisReply {
 public:
  /// Takes a `redisReply` over.
  explicit RedisReply(void* reply) noexcept;

  [[nodiscard]] bool is_error() const noexcept;

  // Each throws `RedisFailure` when the reply is an error or of another kind.
  void expect_ok() const;
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
};

}  // namespace async_http_pool
