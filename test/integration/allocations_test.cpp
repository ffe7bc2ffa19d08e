// What a small request costs in memory. Counts what goes through operator new: the library's own,
// and this test's. libcurl, which takes its memory from malloc, is not counted.
//
// An executable of its own, as it replaces operator new in the whole process.
#include "support/catch.hpp"
#include "support/nginx_server.hpp"
#include "support/small_requests.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::atomic<std::size_t> allocation_count = 0;
std::atomic<std::size_t> allocated_bytes = 0;

void* counted(void* memory, std::size_t size) {
  if (memory == nullptr) throw std::bad_alloc();
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  allocated_bytes.fetch_add(size, std::memory_order_relaxed);
  return memory;
}

}  // namespace

// The other forms are made of these.
void* operator new(std::size_t size) { return counted(std::malloc(size), size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (size + step - 1) / step * step), size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}

namespace {

struct Cost {
  double allocations = 0;
  double bytes = 0;
};

/// Of one of `count` requests, `in_flight` of them at a time, each with a task of its own.
Cost cost_of(Processor& processor, const Request& request, std::size_t count,
             std::size_t in_flight) {
  const std::size_t allocations_before = allocation_count.load();
  const std::size_t bytes_before = allocated_bytes.load();
  REQUIRE(run_small_requests(processor, request, {.count = count, .in_flight = in_flight}));
  const auto of_one = [count](std::size_t all) {
    return static_cast<double>(all) / static_cast<double>(count);
  };
  return {.allocations = of_one(allocation_count.load() - allocations_before),
          .bytes = of_one(allocated_bytes.load() - bytes_before)};
}

}  // namespace

TEST_CASE("a small GET on a reused connection costs few allocations") {
  const std::size_t in_flight = GENERATE(1, 16);
  NginxServer server;
  const Request request = Request::get(server.url("/tiny")).build();
  Processor processor(Configuration().set_max_connections(64));
  processor.start();
  static_cast<void>(cost_of(processor, request, 200, in_flight));
  const Cost cost = cost_of(processor, request, 2000, in_flight);
  CAPTURE(in_flight, cost.allocations, cost.bytes);
  CHECK(server.accepted_connections() <= in_flight);
  CHECK(cost.allocations <= 12);
  CHECK(cost.bytes <= 5600);
}
