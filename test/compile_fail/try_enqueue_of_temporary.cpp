// expect: cannot bind
#include <async_http_pool/async_http_pool.hpp>

// A temporary would be gone when it is refused.
auto enqueue(async_http_pool::Processor& processor, async_http_pool::RequestTask task) {
#ifdef AHP_CONTROL
  return processor.try_enqueue(task);
#else
  return processor.try_enqueue(std::move(task));
#endif
}
