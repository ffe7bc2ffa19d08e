#include "base/fork_detector.hpp"

#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace async_http_pool {

namespace {
constexpr std::size_t mapping_bytes = 1;  // the kernel rounds up to a page
}

ForkDetector::ForkDetector() : process_id_(::getpid()) {
  void* page =
      ::mmap(nullptr, mapping_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  mark_ = static_cast<volatile unsigned char*>(page);
  *mark_ = 1;
#ifdef MADV_WIPEONFORK
  wiped_on_fork_ = ::madvise(page, mapping_bytes, MADV_WIPEONFORK) == 0;
#endif
}

ForkDetector::~ForkDetector() { ::munmap(const_cast<unsigned char*>(mark_), mapping_bytes); }

bool ForkDetector::is_forked() const noexcept {
  return wiped_on_fork_ ? *mark_ == 0 : ::getpid() != process_id_;
}

}  // namespace async_http_pool
