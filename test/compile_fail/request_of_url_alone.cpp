// expect: no matching|conversion|convert|private
#include <async_http_pool/async_http_pool.hpp>

// A request says its method.
auto make(std::string_view url) {
#ifdef AHP_CONTROL
  return async_http_pool::Request::get(url).build();
#else
  return async_http_pool::Request(url);
#endif
}
