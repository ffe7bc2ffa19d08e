#include "base/close_notify.hpp"

#include <openssl/ssl.h>

namespace async_http_pool {

void demand_close_notify(void* context) noexcept {
  SSL_CTX_clear_options(static_cast<SSL_CTX*>(context), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

bool has_close_notify(const ssl_st& session) noexcept {
  return (SSL_get_shutdown(&session) & SSL_RECEIVED_SHUTDOWN) != 0;
}

}  // namespace async_http_pool
