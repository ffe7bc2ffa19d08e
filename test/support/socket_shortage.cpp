#include "support/socket_shortage.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cerrno>

namespace async_http_pool::test {

namespace {
std::atomic<int> refusals = 0;
}

SocketShortage::SocketShortage(int count) noexcept { refusals.store(count); }

SocketShortage::~SocketShortage() { refusals.store(0); }

int SocketShortage::left() const noexcept { return refusals.load(); }

}  // namespace async_http_pool::test

/// Takes the place of libc's for the whole process.
extern "C" int socket(int domain, int type, int protocol) noexcept {
  using async_http_pool::test::refusals;
  int left = refusals.load();
  while (left > 0 && !refusals.compare_exchange_weak(left, left - 1)) {
  }
  if (left > 0) {
    errno = EMFILE;
    return -1;
  }
  static const auto real = reinterpret_cast<int (*)(int, int, int)>(::dlsym(RTLD_NEXT, "socket"));
  return real(domain, type, protocol);
}
