// expect: nodiscard
#include <async_http_pool/async_http_pool.hpp>

// A refused task whose refusal nobody reads is a lost task.
void enqueue(async_http_pool::Processor& processor, async_http_pool::RequestTask& task) {
#ifdef AHP_CONTROL
  const auto result = processor.try_enqueue(task);
  static_cast<void>(result);
#else
  processor.try_enqueue(task);
#endif
}
