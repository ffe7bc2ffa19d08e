#include "curl/multi_handle.hpp"

#include "curl/curl_library.hpp"

#include <new>

namespace async_http_pool {

MultiHandle::MultiHandle() {
  initialize_curl();
  handle_.reset(curl_multi_init());
  if (!handle_) throw std::bad_alloc();
}

}  // namespace async_http_pool
