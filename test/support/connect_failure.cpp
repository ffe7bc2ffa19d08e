#include "support/connect_failure.hpp"

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>

namespace async_http_pool::test {

namespace {
std::atomic<int> failures = 0;
std::atomic<int> failure_error = 0;
}  // namespace

ConnectFailure::ConnectFailure(const Options& options) noexcept {
  failure_error.store(options.error);
  failures.store(options.count);
}

ConnectFailure::~ConnectFailure() { failures.store(0); }

int ConnectFailure::left() const noexcept { return failures.load(); }

}  // namespace async_http_pool::test

/// Takes the place of libc's for the whole process.
extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  using async_http_pool::test::failure_error;
  using async_http_pool::test::failures;
  const bool is_internet = address->sa_family == AF_INET || address->sa_family == AF_INET6;
  int left = is_internet ? failures.load() : 0;
  while (left > 0 && !failures.compare_exchange_weak(left, left - 1)) {
  }
  if (left > 0) {
    errno = failure_error.load();
    return -1;
  }
  static const auto real =
      reinterpret_cast<int (*)(int, const sockaddr*, socklen_t)>(::dlsym(RTLD_NEXT, "connect"));
  return real(socket, address, size);
}
