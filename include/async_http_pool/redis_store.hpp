#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/payload_store.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct RedisStoreOptions {
  /// `redis://[user[:password]@]host[:port][/db]`, `rediss://...` for TLS, or
  /// `unix://[user[:password]@]/path[?db=N]`. What it names goes before the options below; parts
  /// are percent-encoded. A URL with a user or a password leaves both options empty, or the same.
  std::string url = {};
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string unix_socket = {};  ///< path; when it is set, host and port are not used
  std::string user = {};         ///< of an ACL (Redis 6), with a password; empty: the default user
  std::string password = {};     ///< empty: no AUTH
  int db = 0;
  bool tls = false;          ///< needs a hiredis built with TLS
  std::string ca_file = {};  ///< PEM, for TLS; empty: the system's authorities
  std::string key_prefix = "async_http_pool:payloads:";
  std::optional<std::chrono::milliseconds> ttl =
      {};  ///< none: payloads stay until they are removed
  std::chrono::milliseconds connect_timeout{
      2000};  ///< for a new connection, name lookup and AUTH included
  std::chrono::milliseconds command_timeout{10000};  ///< for one command, its payload included
  int max_connections = 8;  ///< kept and used at a time; further callers wait, up to a time-out
};

/// Payloads as strings in Redis: `SET <prefix><key> <payload> [PX <ttl>]`, as the Ruby original
/// keeps them.
///
/// Connections are made when they are needed and used again. One that broke is replaced: a command
/// whose connection turns out to be dead is tried once more on a fresh one, since all of them are
/// idempotent. While the server cannot be reached, attempts are spaced out (100 ms, doubling up to
/// 5 s): calls in between wait for the next attempt as long as their time-out allows.
///
/// A call waits up to `connect_timeout` for a free connection or the next attempt, connects within
/// `connect_timeout`, and has its answer within `command_timeout`, a second try included: it takes
/// no longer than the three together. A host name is looked up on a thread of its own, which is
/// left behind when the system's resolver takes longer than that. SIGPIPE never reaches the
/// process, and a forked child makes connections of its own.
///
/// Redis takes payloads up to 512 MiB. While one is fetched, memory holds it up to three times.
class AHP_EXPORT RedisStore final : public PayloadStore {
 public:
  /// Makes no connection. Throws `std::invalid_argument` for a wrong option, `std::runtime_error`
  /// when the library was built without Redis.
  explicit RedisStore(RedisStoreOptions options);
  ~RedisStore() override;

  std::string store(std::string_view key, std::string_view payload) override;
  std::optional<std::string> fetch(std::string_view key) override;
  void remove(std::string_view key) override;

  /// Whether the library was built with Redis.
  [[nodiscard]] static bool is_available() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace async_http_pool
