// The bare libcurl loop that `ahp bench` is compared with: same operands, same line of output.
//
//   raw_client [--mode poll|epoll] [--handles reuse|fresh] [--headers bare|same] [--cacert FILE]
//   [--http default|1.1] [--connections keep|new] URL N CONCURRENCY [HOLD_URL HOLD]
//
// --mode poll is curl_multi_poll + curl_multi_perform, epoll is curl_multi_socket_action. --handles
// fresh makes a new easy handle for each request, as a library must with libcurl before 8.1.
// --headers same sends the headers that `ahp bench` sends, so that both put the same bytes on the
// wire. --connections new makes one for each request. https: URLs get HTTP/2 over one connection,
// unless --http says otherwise, and are verified against --cacert FILE. Errors of libcurl end it.

#include "raw_loop.hpp"
#include "raw_plan.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

namespace {

double in_microseconds(const timeval& end, const timeval& begin) {
  return static_cast<double>(end.tv_sec - begin.tv_sec) * 1e6 +
         static_cast<double>(end.tv_usec - begin.tv_usec);
}

void measure(const raw::Plan& plan) {
  raw::Loop loop(plan);
  const long held_kb = loop.hold();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto begin = raw::Loop::Clock::now();
  loop.run();
  const double wall_s = std::chrono::duration<double>(raw::Loop::Clock::now() - begin).count();
  rusage after{};
  getrusage(RUSAGE_SELF, &after);

  const double n = static_cast<double>(plan.requests);
  const double user_us = in_microseconds(after.ru_utime, before.ru_utime) / n;
  const double system_us = in_microseconds(after.ru_stime, before.ru_stime) / n;
  std::vector<float>& latencies = loop.latencies_us();
  std::sort(latencies.begin(), latencies.end());
  const auto percentile = [&](double fraction) {
    return latencies[static_cast<std::size_t>(fraction * (n - 1))];
  };
  fmt::print(
      "{{\"client\":\"raw-{}-{}\",\"n\":{},\"c\":{},\"wall_s\":{:.4f},\"rps\":{:.0f},\"cpu_us_per_"
      "req\":{:.2f},"
      "\"user_us\":{:.2f},\"sys_us\":{:.2f},\"p50_us\":{:.0f},\"p99_us\":{:.0f},\"failed\":{},"
      "\"rss_kb\":{}",
      plan.options.at("mode"), plan.options.at("handles"), plan.requests, plan.concurrency, wall_s,
      n / wall_s, user_us + system_us, user_us, system_us, percentile(0.5), percentile(0.99),
      loop.failed_count(), raw::memory_kb("VmHWM"));
  if (plan.hold > 0) {
    fmt::print(",\"hold\":{},\"held_kb_per_req\":{:.2f}", plan.hold,
               static_cast<double>(held_kb) / static_cast<double>(plan.hold));
  }
  fmt::print(",\"library\":\"{}\"}}\n", curl_version());
  std::fflush(stdout);
  std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    raw::check(curl_global_init(CURL_GLOBAL_ALL));
    measure(raw::parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "raw_client: {}\n", error.what());
    return 2;
  }
}
