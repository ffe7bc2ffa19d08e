// Before a request goes out on a connection that was used before, somebody looks whether it is
// still good: libcurl, or where that trusts it (`Quirks::trusts_idle_connections`) the library.
//
// An executable of its own, as it stands before recv(2) in the whole process.
#include "support/catch.hpp"
#include "support/nginx_server.hpp"
#include "support/small_requests.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cstddef>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::atomic<std::size_t> looks = 0;

bool is_library_to_look() {
  const unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;
  return version < 0x080000 || version >= 0x080f00;
}

}  // namespace

extern "C" ssize_t recv(int socket, void* buffer, std::size_t size, int flags) {
  using Recv = ssize_t (*)(int, void*, std::size_t, int);
  static const auto next = reinterpret_cast<Recv>(::dlsym(RTLD_NEXT, "recv"));
  if ((flags & MSG_PEEK) != 0) looks.fetch_add(1, std::memory_order_relaxed);
  return next(socket, buffer, size, flags);
}

TEST_CASE("each connection is looked at before it is used again, however busy it is") {
  if (!is_library_to_look()) return;
  const std::size_t in_flight = GENERATE(1, 4, 64);
  constexpr std::size_t count = 2000;
  NginxServer server;
  Processor processor(Configuration().set_max_connections(100));
  processor.start();
  const std::size_t looks_before = looks;
  REQUIRE(run_small_requests(processor, Request::get(server.url("/tiny")).build(),
                             {.count = count, .in_flight = in_flight}));
  CHECK(looks - looks_before >= count - server.accepted_connections());
}
