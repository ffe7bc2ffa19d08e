#pragma once

#include <memory>
#include <string>

struct redisContext;
struct ssl_st;

namespace async_http_pool {

class TlsClient;

/// TLS for the connections of a store, as far as hiredis was built with it. any-thread
class RedisTls {
 public:
  /// `ca_file`: PEM; empty: the system's authorities. Throws `std::runtime_error` when hiredis has
  /// no TLS, `std::invalid_argument` when the file does not do.
  explicit RedisTls(const std::string& ca_file);
  ~RedisTls();
  RedisTls(const RedisTls&) = delete;
  RedisTls& operator=(const RedisTls&) = delete;

  /// Has `context`, connected and not blocking, speak TLS with a server whose certificate must name
  /// `host`. The handshake is a part of the first reads and writes. Throws `RedisFailure`. The
  /// session lives as long as the context.
  [[nodiscard]] const ssl_st& start(redisContext& context, const std::string& host) const;

 private:
  std::unique_ptr<const TlsClient> client_;
};

}  // namespace async_http_pool
