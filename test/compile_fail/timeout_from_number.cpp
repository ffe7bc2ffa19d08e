// expect: convert|conversion|no matching
#include <async_http_pool/async_http_pool.hpp>

// 60 of what?
auto builder() {
#ifdef AHP_CONTROL
  return std::move(
      async_http_pool::Request::get("http://127.0.0.1/").timeout(std::chrono::seconds(60)));
#else
  return std::move(async_http_pool::Request::get("http://127.0.0.1/").timeout(60));
#endif
}
