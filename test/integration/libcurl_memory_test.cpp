// All tests of this program run with recycled memory where the environment asks for it: see
// meson.build.
#include "support/catch.hpp"
#include "support/nginx_server.hpp"
#include "support/small_requests.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cstdlib>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

// Before any test uses libcurl, as a program would in main().
const bool is_recycled = std::getenv("AHP_TEST_MEMORY") != nullptr && recycle_libcurl_memory();

}  // namespace

TEST_CASE("libcurl's memory is recycled when it was asked for first thing, and not later") {
  CHECK(is_recycled == (std::getenv("AHP_TEST_MEMORY") != nullptr));
  NginxServer server;
  Processor processor;
  processor.start();
  const Request request = Request::get(server.url("/tiny")).build();
  REQUIRE(run_small_requests(processor, request, {.count = 200, .in_flight = 16}));
  CHECK(recycle_libcurl_memory() == is_recycled);
}
