// The rules of the options that limit time, size and speed.
#include <chrono>
#include <cstddef>
#include <string>

#include <async_http_pool/request_config.hpp>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

TEST_CASE("time limits can be switched off, but are not negative") {
  const auto set = [](Milliseconds value) {
    return RequestConfig()
        .set_first_byte_timeout(value)
        .set_idle_timeout(value)
        .set_attempt_timeout(value)
        .set_stream_timeout(value);
  };
  for (const Milliseconds value : {0ms, 1ms, Milliseconds(24h)})
    CHECK(*set(value).stream_timeout() == value);
  CHECK(refusal_of([&] { return set(-1ms); }) ==
        "first_byte_timeout must be a positive number, got: -1 ms");
  CHECK_THROWS_AS(RequestConfig().set_idle_timeout(-1ms), std::invalid_argument);
  CHECK_THROWS_AS(RequestConfig().set_attempt_timeout(-1ms), std::invalid_argument);
  CHECK_THROWS_AS(RequestConfig().set_stream_timeout(-1ms), std::invalid_argument);
  CHECK_THROWS_AS(RequestConfig().set_low_speed_time(0ms), std::invalid_argument);
}

TEST_CASE("a URL may not be allowed to be longer than any URL can be") {
  const auto set = [](std::size_t value) { return RequestConfig().set_max_url_size(value); };
  CHECK(*set(1).max_url_size() == 1);
  CHECK(*set(65536).max_url_size() == 65536);
  CHECK(refusal_of([&] { return set(0); }) == "max_url_size must be a positive number, got: 0");
  CHECK(refusal_of([&] { return set(65537); }) == "max_url_size must be at most 65536, got: 65537");
}

TEST_CASE("a stream's buffer holds something") {
  CHECK(*RequestConfig::defaults().stream_buffer_size() == 65536);
  CHECK(*RequestConfig().set_stream_buffer_size(1).stream_buffer_size() == 1);
  CHECK(refusal_of([] { return RequestConfig().set_stream_buffer_size(0); }) ==
        "stream_buffer_size must be a positive number, got: 0");
  CHECK(*RequestConfig::defaults().max_stream_buffer_size() == 1 << 20);
  CHECK(*RequestConfig().set_max_stream_buffer_size(1).max_stream_buffer_size() == 1);
  CHECK(refusal_of([] { return RequestConfig().set_max_stream_buffer_size(0); }) ==
        "max_stream_buffer_size must be a positive number, got: 0");
}

TEST_CASE("a ratio of decompression is not negative") {
  CHECK(*RequestConfig().set_max_decompression_ratio(0).max_decompression_ratio() == 0);
  CHECK(refusal_of([] { return RequestConfig().set_max_decompression_ratio(-1); }) ==
        "max_decompression_ratio must be a non-negative integer, got: -1");
}

}  // namespace
}  // namespace async_http_pool
