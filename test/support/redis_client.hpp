#pragma once

#include "support/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// Commands as they stand on the wire.
[[nodiscard]] std::string redis_command(std::initializer_list<std::string_view> arguments);

/// Speaks to a redis-server without hiredis: what a test sees is what is there.
class RedisClient {
 public:
  /// Throws `std::system_error`.
  explicit RedisClient(std::uint16_t port);

  /// What is in the reply: the text of a string, number or error ("ERR ..."), "(nil)" for none.
  /// Throws `std::runtime_error` when there is none in time.
  [[nodiscard]] std::string ask(std::initializer_list<std::string_view> command);
  /// The next line, of MONITOR for instance, without its end.
  [[nodiscard]] std::string receive_line();

 private:
  [[nodiscard]] std::string receive_bytes(std::size_t count);
  void receive_more();

  Descriptor socket_;
  std::string received_;
};

}  // namespace async_http_pool::test
