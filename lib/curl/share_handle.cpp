#include "curl/share_handle.hpp"

#include "curl/curl_error.hpp"
#include "curl/curl_library.hpp"

#include <new>

namespace async_http_pool {

ShareHandle::ShareHandle() {
  initialize_curl();
  handle_.reset(curl_share_init());
  if (!handle_) throw std::bad_alloc();
  check(curl_share_setopt(get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS), "curl_share_setopt");
  check(curl_share_setopt(get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION), "curl_share_setopt");
}

}  // namespace async_http_pool
