// The actions of options about speed.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

#include "curl/option_actions.hpp"

namespace async_http_pool {
namespace {

template <typename Number>
Number clamped(std::size_t value) noexcept {
  constexpr auto max = static_cast<std::size_t>(std::numeric_limits<Number>::max());
  return static_cast<Number>(std::min(value, max));
}

}  // namespace

void tell_max_upload_speed(const OptionContext& context, std::size_t bytes_a_second) {
  if (bytes_a_second == 0) return;
  context.easy.set<CURLOPT_MAX_SEND_SPEED_LARGE>(clamped<curl_off_t>(bytes_a_second));
}

void tell_max_download_speed(const OptionContext& context, std::size_t bytes_a_second) {
  if (bytes_a_second == 0) return;
  context.easy.set<CURLOPT_MAX_RECV_SPEED_LARGE>(clamped<curl_off_t>(bytes_a_second));
  // 7.88.1 (not 8.14) fills its buffer a hundred times before it looks at the speed: no more than a
  // second's worth, then. The smallest that it takes is 1 KiB.
  constexpr std::size_t rounds = 100;
  constexpr std::size_t buffer_bytes_min = 1024;
  constexpr std::size_t buffer_bytes_max = CURL_MAX_WRITE_SIZE;
  context.easy.set<CURLOPT_BUFFERSIZE>(
      static_cast<long>(std::clamp(bytes_a_second / rounds, buffer_bytes_min, buffer_bytes_max)));
}

void tell_low_speed_limit(const OptionContext& context, std::size_t bytes_a_second) {
  if (bytes_a_second == 0) return;
  const auto time = std::chrono::ceil<std::chrono::seconds>(context.options.low_speed_time());
  context.easy.set<CURLOPT_LOW_SPEED_LIMIT>(clamped<long>(bytes_a_second));
  context.easy.set<CURLOPT_LOW_SPEED_TIME>(static_cast<long>(time.count()));
}

}  // namespace async_http_pool
