// expect: deleted (function|constructor)
#include <async_http_pool/async_http_pool.hpp>

void copy(const async_http_pool::Processor& processor) {
#ifdef AHP_CONTROL
  const async_http_pool::Processor other(processor.configuration());
#else
  const async_http_pool::Processor other(processor);
#endif
}
