#include "stores/redis_backoff.hpp"

#include <limits>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("attempts to reach Redis are spaced out from 100 ms to 5 s, the upper half at random") {
  struct Row {
    int failures;
    int least_ms;
    int most_ms;
  };
  for (const Row& row :
       {Row{1, 50, 100}, Row{2, 100, 200}, Row{3, 200, 400}, Row{4, 400, 800}, Row{5, 800, 1600},
        Row{6, 1600, 3200}, Row{7, 2500, 5000}, Row{8, 2500, 5000}, Row{1000, 2500, 5000},
        Row{std::numeric_limits<int>::max(), 2500, 5000}}) {
    INFO(row.failures);
    CHECK(redis_backoff(row.failures, 0.0).count() == row.least_ms);
    CHECK(redis_backoff(row.failures, 0.5).count() == (row.least_ms + row.most_ms) / 2);
    CHECK(redis_backoff(row.failures, 1.0).count() == row.most_ms);
  }
  CHECK(redis_backoff(0, 0.5).count() == 0);
  CHECK(redis_backoff(-1, 0.5).count() == 0);
}

TEST_CASE("a fraction that is none leaves the back-off within its bounds") {
  CHECK(redis_backoff(1, -7.0).count() == 50);
  CHECK(redis_backoff(1, 7.0).count() == 100);
}

}  // namespace
}  // namespace async_http_pool
