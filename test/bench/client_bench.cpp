// The loop of `ahp bench`, with a `Client` in place of a processor: same arguments, same line.
//
//   client_bench URL N CONCURRENCY
//
// Each place in flight is a coroutine that sends, reads the body to its end, and sends again.

#include <async_http_pool/client.hpp>
#include <async_http_pool/error.hpp>
#include <async_http_pool/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "process_usage.hpp"
#include "support/task.hpp"

namespace {

namespace ahp = async_http_pool;
using Clock = std::chrono::steady_clock;

// Used by the agent's thread only, once the coroutines run.
struct Load {
  ahp::Client client;
  ahp::Request request;
  std::size_t requests;
  std::size_t started = 0;
  std::size_t failed = 0;
  std::vector<float> latencies_us = {};
};

examples::Task<bool> one_request(Load& load) {
  std::array<char, 4096> buffer{};
  try {
    ahp::StreamingResponse response = co_await load.client.send(load.request);
    while (co_await response.body().read_async(buffer) != 0) {
    }
    co_return response.is_success();
  } catch (const ahp::Error& error) {
    if (load.failed == 0) fmt::print(stderr, "first failure: {}\n", error.message());
    co_return false;
  }
}

examples::Task<std::size_t> keep_sending(Load& load) {
  std::size_t sent = 0;
  while (load.started < load.requests) {
    ++load.started;
    const auto begun = Clock::now();
    if (!co_await one_request(load)) ++load.failed;
    load.latencies_us.push_back(
        std::chrono::duration<float, std::micro>(Clock::now() - begun).count());
    ++sent;
  }
  co_return sent;
}

// The first request is made by the thread that starts all others, so that none of them races.
examples::Task<std::size_t> run(Load& load, std::size_t concurrency) {
  static_cast<void>(co_await one_request(load));
  std::vector<examples::Task<std::size_t>> tasks;
  for (std::size_t i = 0; i < concurrency; ++i) tasks.push_back(keep_sending(load));
  co_await examples::when_all(std::move(tasks));
  co_return load.latencies_us.size();
}

void measure(const std::string& url, std::size_t requests, std::size_t concurrency) {
  ahp::Configuration configuration;
  configuration.set_max_connections(static_cast<int>(2 * concurrency + 1)).set_retries(0);
  Load load{.client = ahp::Client(configuration),
            .request = ahp::Request::get(url).build(),
            .requests = requests};
  load.latencies_us.reserve(requests);
  const ahp_tool::CpuUsage before = ahp_tool::cpu_usage();
  const auto begin = Clock::now();
  examples::sync_wait(run(load, concurrency));
  const double wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
  const ahp_tool::CpuUsage after = ahp_tool::cpu_usage();

  const auto n = static_cast<double>(requests);
  const double user_us = (after.user_us - before.user_us) / n;
  const double system_us = (after.system_us - before.system_us) / n;
  std::sort(load.latencies_us.begin(), load.latencies_us.end());
  const auto percentile = [&](double fraction) {
    return load.latencies_us[static_cast<std::size_t>(fraction * (n - 1))];
  };
  fmt::print(
      "{{\"client\":\"ahp-client\",\"n\":{},\"c\":{},\"wall_s\":{:.4f},\"rps\":{:.0f},"
      "\"cpu_us_per_req\":{:.2f},\"user_us\":{:.2f},\"sys_us\":{:.2f},\"p50_us\":{:.0f},"
      "\"p99_us\":{:.0f},\"failed\":{},\"rss_kb\":{},\"library\":\"{}\"}}\n",
      requests, concurrency, wall_s, n / wall_s, user_us + system_us, user_us, system_us,
      percentile(0.5), percentile(0.99), load.failed, ahp_tool::memory_kb("VmHWM"),
      ahp::library_versions());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::invalid_argument("usage: client_bench URL N CONCURRENCY");
    const std::size_t requests = std::stoul(argv[2]);
    const std::size_t concurrency = std::stoul(argv[3]);
    if (requests == 0 || concurrency == 0) throw std::invalid_argument("0 requests");
    measure(argv[1], requests, concurrency);
  } catch (const std::exception& error) {
    fmt::print(stderr, "client_bench: {}\n", error.what());
    return 2;
  }
  return 0;
}
