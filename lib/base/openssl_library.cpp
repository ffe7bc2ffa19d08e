#include "base/openssl_library.hpp"

#include <openssl/crypto.h>

namespace async_http_pool {

void keep_openssl_until_process_end() noexcept {
  // Fails only when OpenSSL is unusable, which curl_global_init will tell.
  static_cast<void>(OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr));
}

std::string_view openssl_version() noexcept { return OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace async_http_pool
