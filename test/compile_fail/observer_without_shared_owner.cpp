// expect: convert|conversion|no matching
#include <async_http_pool/async_http_pool.hpp>

void watch(async_http_pool::Processor& processor,
           std::shared_ptr<async_http_pool::ProcessorObserver> observer) {
#ifdef AHP_CONTROL
  processor.observe(observer);
#else
  processor.observe(observer.get());
#endif
}
