// expect: convert|conversion|no matching
#include <async_http_pool/async_http_pool.hpp>

// The task keeps its handler alive until the outcome, which a plain pointer could not do.
async_http_pool::RequestTask make(const async_http_pool::Request& request,
                                  const std::shared_ptr<async_http_pool::TaskHandler>& handler) {
#ifdef AHP_CONTROL
  return async_http_pool::RequestTask(request, handler, "callback");
#else
  return async_http_pool::RequestTask(request, handler.get(), "callback");
#endif
}
