#include "curl/easy_handle.hpp"

#include "curl/curl_library.hpp"

#include <new>

namespace async_http_pool {

EasyHandle::EasyHandle() {
  initialize_curl();
  handle_.reset(curl_easy_init());
  if (!handle_) throw std::bad_alloc();
}

}  // namespace async_http_pool
