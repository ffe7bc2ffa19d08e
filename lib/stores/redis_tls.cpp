#include "stores/redis_tls.hpp"

#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>

#include "base/printable.hpp"
#include "base/tls_client.hpp"
#include "stores/redis_error.hpp"

namespace async_http_pool {

RedisTls::RedisTls(const std::string& ca_file) : client_(std::make_unique<TlsClient>(ca_file)) {}

RedisTls::~RedisTls() = default;

const ssl_st& RedisTls::start(redisContext& context, const std::string& host) const {
  TlsSession session = client_->make_session(host);
  if (redisInitiateSSL(&context, session.get()) != REDIS_OK) {
    const std::string problem = tls_certificate_problem(*session);
    if (problem.empty()) {
      throw RedisFailure(PayloadStoreErrorCode::unavailable, printable(context.errstr));
    }
    throw RedisFailure(PayloadStoreErrorCode::misconfigured,
                       "the server's certificate is refused: " + problem);
  }
  return *session.release();  // the context's now
}

}  // namespace async_http_pool
