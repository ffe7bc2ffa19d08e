#include "process_memory.hpp"

#include <async_http_pool/libcurl_memory.hpp>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace ahp_tool {

void tune_memory() {
  // Where either cannot be, requests cost more, and nothing else.
  static_cast<void>(async_http_pool::recycle_libcurl_memory());
#if defined(M_TRIM_THRESHOLD) && defined(M_MMAP_THRESHOLD)
  // Else glibc returns the memory of each body of 128 KiB and more to the kernel at once, and asks
  // for it again.
  constexpr int kept_bytes = 64 << 20;
  constexpr int mapped_from_bytes = 4 << 20;
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread yet
  static_cast<void>(mallopt(M_TRIM_THRESHOLD, kept_bytes));
  static_cast<void>(mallopt(M_MMAP_THRESHOLD, mapped_from_bytes));
  // NOLINTEND(concurrency-mt-unsafe)
#endif
}

}  // namespace ahp_tool
