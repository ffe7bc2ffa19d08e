#pragma once

#include "support/child_process.hpp"
#include "support/temp_directory.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool::test {

/// What a server is started with: more arguments of redis-server, `{"--maxmemory", "1mb"}`. What is
/// on its disk goes with it.
struct RedisServerOptions {
  std::vector<std::string> arguments;
  std::string password;  ///< of the default user; none when empty
};

/// A redis-server on a free port of 127.0.0.1 and on a unix socket, without persistence.
///
///     RedisServer server;
///     RedisStore store({.url = server.url()});
class RedisServer {
 public:
  /// Returns when the server answers. Throws `std::runtime_error` with its log when it does not.
  explicit RedisServer(RedisServerOptions options = {});
  ~RedisServer();

  /// With the password, if there is one.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string unix_url() const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string socket_path() const;

  /// Ends it; all it held is lost.
  void stop();
  /// A new one in the same place.
  void start();
  void restart() {
    stop();
    start();
  }
  /// It answers nothing, while its connections stay.
  void pause() const;
  void resume() const;

  /// Runs a command on a connection of its own and returns what is in the reply: the text of a
  /// string, number or error ("ERR ..."), "(nil)" for none.
  [[nodiscard]] std::string ask(std::initializer_list<std::string_view> command) const;
  [[nodiscard]] std::string log() const;

 private:
  void wait_until_ready() const;

  const RedisServerOptions options_;
  TempDirectory directory_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;  // last: ends before the directory goes
};

}  // namespace async_http_pool::test
