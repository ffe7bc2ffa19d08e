// For hiredis before 1.0, or one that was built without TLS.
#include <stdexcept>

#include "base/tls_client.hpp"
#include "stores/redis_tls.hpp"

namespace async_http_pool {

RedisTls::RedisTls(const std::string& /*ca_file*/) {
  throw std::runtime_error("TLS to Redis needs a hiredis with TLS, and this one has none");
}

RedisTls::~RedisTls() = default;

// There is never an object to call this on.
const ssl_st& RedisTls::start(redisContext& /*context*/, const std::string& /*host*/) const {
  throw std::logic_error("no TLS to Redis");
}

}  // namespace async_http_pool
