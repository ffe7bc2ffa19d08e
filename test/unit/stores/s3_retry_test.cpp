#include "stores/s3_retry.hpp"

#include <tuple>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double almost_one = 0.999999;

S3Failure retryable(seconds retry_after = 0s) {
  S3Failure failure;
  failure.is_worth_retry = true;
  failure.retry_after = retry_after;
  return failure;
}

S3RetrySituation good_situation() {
  return {.retries_made = 0,
          .retries_max = 3,
          .first_delay = 100ms,
          .jitter = almost_one,
          .time_left = 1min};
}

TEST_CASE("an S3 call is tried again when its failure is worth it") {
  CHECK(decide_s3_retry(retryable(), good_situation()));
  CHECK_FALSE(decide_s3_retry(S3Failure{}, good_situation()));
}

TEST_CASE("S3 retries are the attempts after the first") {
  for (const auto& [made, max, is_retried] :
       {std::tuple(0, 0, false), std::tuple(0, 1, true), std::tuple(1, 1, false),
        std::tuple(19, 20, true), std::tuple(20, 20, false)}) {
    INFO(made << " of " << max);
    S3RetrySituation situation = good_situation();
    situation.retries_made = made;
    situation.retries_max = max;
    CHECK(decide_s3_retry(retryable(), situation).has_value() == is_retried);
  }
}

TEST_CASE("the pause of an S3 retry is random below a limit that doubles") {
  struct Row {
    int retries_made;
    milliseconds first_delay;
    milliseconds longest;
  };
  for (const Row& row :
       {Row{0, 100ms, 100ms}, Row{1, 100ms, 200ms}, Row{4, 100ms, 1600ms}, Row{19, 100ms, 20s},
        Row{0, 0ms, 0ms}, Row{19, 0ms, 0ms}, Row{0, 24h, 20s}, Row{19, 24h, 20s}}) {
    INFO(row.retries_made << " " << row.first_delay.count());
    S3RetrySituation situation = good_situation();
    situation.retries_max = 20;
    situation.retries_made = row.retries_made;
    situation.first_delay = row.first_delay;
    const milliseconds longest = decide_s3_retry(retryable(), situation).value();
    CHECK(longest <= row.longest);
    CHECK(longest + 1ms >= row.longest);
    situation.jitter = 0.0;
    CHECK(decide_s3_retry(retryable(), situation) == 0ms);
    situation.jitter = 0.5;
    CHECK(decide_s3_retry(retryable(), situation) == row.longest / 2);
  }
}

TEST_CASE("an S3 retry waits at least for as long as the server asks") {
  CHECK(decide_s3_retry(retryable(7s), good_situation()) == 7s);
  S3RetrySituation situation = good_situation();
  situation.first_delay = 10s;
  CHECK(decide_s3_retry(retryable(2s), situation).value() > 9s);
}

TEST_CASE("an S3 retry that there is no time for is not waited for") {
  S3RetrySituation situation = good_situation();
  for (const seconds too_much : {seconds(60), seconds(61), seconds::max()}) {
    CHECK_FALSE(decide_s3_retry(retryable(too_much), situation));
  }
  CHECK(decide_s3_retry(retryable(59s), situation) == 59s);
  situation.time_left = 0ms;
  situation.jitter = 0.0;
  CHECK_FALSE(decide_s3_retry(retryable(), situation));
  situation.time_left = -5ms;
  CHECK_FALSE(decide_s3_retry(retryable(), situation));
  situation.time_left = 50ms;
  situation.jitter = 0.6;
  CHECK_FALSE(decide_s3_retry(retryable(), situation));
}

}  // namespace
}  // namespace async_http_pool
