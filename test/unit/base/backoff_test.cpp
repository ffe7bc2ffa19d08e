#include "base/backoff.hpp"

#include <limits>

#include "support/catch.hpp"

namespace async_http_pool {

using namespace std::chrono_literals;

TEST_CASE("A pause doubles with each attempt, up to its limit") {
  CHECK(backoff_ms(100ms, 0, 5s) == 100.0);
  CHECK(backoff_ms(100ms, 1, 5s) == 200.0);
  CHECK(backoff_ms(100ms, 5, 5s) == 3200.0);
  CHECK(backoff_ms(100ms, 6, 5s) == 5000.0);
  CHECK(backoff_ms(100ms, std::numeric_limits<int>::max(), 5s) == 5000.0);
  CHECK(backoff_ms(0ms, 9, 5s) == 0.0);
  CHECK(backoff_ms(9s, 0, 5s) == 5000.0);
}

}  // namespace async_http_pool
