#include "curl/multi_handle.hpp"

#include "curl/curl_library.hpp"
#include "curl/quirks.hpp"

#include <new>

namespace async_http_pool {

MultiHandle::MultiHandle() {
  initialize_curl();
  handle_.reset(curl_multi_init());
  if (!handle_) throw std::bad_alloc();
  if (quirks_of(loaded_curl_version()).joins_resolver_threads) {
    // CURLMOPT_QUICK_EXIT, by its number: the headers may be older than the library.
    set<static_cast<CURLMoption>(CURLOPTTYPE_LONG + 21)>(1L);
  }
}

}  // namespace async_http_pool
