#include "stores/s3_retry.hpp"

#include <algorithm>

#include "base/backoff.hpp"

namespace async_http_pool {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds delay_max = std::chrono::seconds(20);

}  // namespace

std::optional<milliseconds> decide_s3_retry(const S3Failure& failure,
                                            const S3RetrySituation& situation) {
  if (!failure.is_worth_retry || situation.retries_made >= situation.retries_max)
    return std::nullopt;
  const double longest = backoff_ms(situation.first_delay, situation.retries_made, delay_max);
  const milliseconds random(static_cast<milliseconds::rep>(longest * situation.jitter));
  // What a server asks for may be more than milliseconds can tell.
  if (failure.retry_after > std::chrono::ceil<std::chrono::seconds>(situation.time_left))
    return std::nullopt;
  const milliseconds delay = std::max<milliseconds>(random, failure.retry_after);
  if (delay >= situation.time_left) return std::nullopt;
  return delay;
}

}  // namespace async_http_pool
