#include "bench_command.hpp"

#include "bench_load.hpp"
#include "command_line.hpp"
#include "option_tables.hpp"
#include "process_memory.hpp"
#include "process_usage.hpp"
#include "standard_streams.hpp"
#include "url_range.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <async_http_pool/processor.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/version.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ahp_tool {
namespace {

using async_http_pool::Configuration;
using async_http_pool::Processor;
using async_http_pool::Request;
using namespace std::chrono_literals;

constexpr const char* head = R"(usage: ahp bench [options] URL N CONCURRENCY [HOLD_URL HOLD]

Makes N GET requests to URL, CONCURRENCY in flight, and prints one line of JSON: client, n, c, wall_s,
rps, cpu_us_per_req, user_us, sys_us (CPU of all threads, for each request), p50_us, p99_us, failed,
rss_kb, library. URL may have ranges, as for curl: the requests take the URLs that
"http://127.0.1.[1-100]:8080/" stands for in turn.

With HOLD it first starts HOLD requests to HOLD_URL, gives them $BENCH_SETTLE seconds (3), then measures
the N requests beside them and leaves without waiting for them; it adds hold and held_kb_per_req.

Exit status: 0 if all N got a response of 2xx, 1 if some failed, 2 wrong usage, 3 if the result could not
be written.

Options (with their defaults):
)";

struct BenchPlan {
  std::string url;
  BenchSize size{};
  std::string hold_url;
  std::size_t hold = 0;
};

std::size_t parse_count(const std::string& text, const char* name) {
  constexpr std::size_t count_max = 1'000'000'000;
  std::size_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error != std::errc() || end != last || count < 1 || count > count_max) {
    throw UsageError(fmt::format("{} must be a positive integer, got {}", name, text));
  }
  return count;
}

BenchPlan make_plan(const std::vector<std::string>& operands) {
  if (operands.size() != 3 && operands.size() != 5)
    throw UsageError("URL N CONCURRENCY [HOLD_URL HOLD] are needed");
  BenchPlan plan;
  plan.url = operands[0];
  plan.size = {parse_count(operands[1], "N"), parse_count(operands[2], "CONCURRENCY")};
  if (operands.size() == 5) {
    plan.hold_url = operands[3];
    plan.hold = parse_count(operands[4], "HOLD");
  }
  return plan;
}

Request make_request(const std::string& url, std::chrono::seconds timeout) {
  try {
    return Request::get(url).timeout(timeout).build();
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

std::vector<Request> make_requests(const std::string& url) {
  std::vector<Request> requests;
  for (const std::string& each : expand_url_ranges(url))
    requests.push_back(make_request(each, 60s));
  return requests;
}

Configuration make_configuration(const Settings& settings, const BenchPlan& plan) {
  Configuration configuration = settings.configuration;
  // A callback starts the next request while its own still counts.
  const std::size_t connections = 2 * plan.size.concurrency + plan.hold;
  constexpr std::size_t response_bytes_max = std::size_t{1} << 30;
  try {
    configuration.set_max_connections(
        static_cast<int>(std::min<std::size_t>(connections, 1U << 30)));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("CONCURRENCY and HOLD: {}", error.what()));
  }
  return configuration.set_retries(0).set_max_response_size(response_bytes_max);
}

std::chrono::duration<double> settle_time() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  const char* text = std::getenv("BENCH_SETTLE");
  const double seconds = text != nullptr ? std::strtod(text, nullptr) : 3.0;
  return std::chrono::duration<double>(std::isfinite(seconds) ? std::clamp(seconds, 0.0, 3600.0)
                                                              : 3.0);
}

/// The handler of requests whose outcome comes after the measurement, if ever.
class HeldHandler final : public async_http_pool::TaskHandler {
 public:
  void on_complete(const async_http_pool::Response&, std::string_view) override {}
  void on_error(const async_http_pool::Error&, std::string_view) override {}
  void retry() override {}
};

// Starts the held requests and gives them time to get to the server. Returns the memory they took,
// in KiB.
long hold_requests(Processor& processor, const BenchPlan& plan) {
  if (plan.hold == 0) return 0;
  const Request request = make_request(plan.hold_url, 600s);
  const long before_kb = memory_kb("VmRSS");
  const auto handler = std::make_shared<HeldHandler>();
  for (std::size_t i = 0; i < plan.hold; ++i) processor.enqueue({request, handler, "held"});
  std::this_thread::sleep_for(settle_time());
  return memory_kb("VmRSS") - before_kb;
}

double percentile(std::vector<float> latencies, double fraction) {
  const auto index = static_cast<std::size_t>(static_cast<double>(latencies.size()) * fraction);
  const auto wanted =
      latencies.begin() + static_cast<std::ptrdiff_t>(std::min(latencies.size() - 1, index));
  std::nth_element(latencies.begin(), wanted, latencies.end());
  return *wanted;
}

// Returns the line of JSON.
std::string measure(BenchLoad& load, const BenchPlan& plan, long held_kb) {
  const CpuUsage cpu_before = cpu_usage();
  const auto begin = BenchLoad::Clock::now();
  load.run();
  const double wall_s = std::chrono::duration<double>(BenchLoad::Clock::now() - begin).count();
  const CpuUsage cpu_after = cpu_usage();

  const auto n = static_cast<double>(plan.size.requests);
  const double user_us = (cpu_after.user_us - cpu_before.user_us) / n;
  const double system_us = (cpu_after.system_us - cpu_before.system_us) / n;
  std::string result = fmt::format(
      "{{\"client\":\"async-http-pool\",\"n\":{},\"c\":{},\"wall_s\":{:.4f},\"rps\":{:.0f},\"cpu_"
      "us_per_req\":{:.2f},"
      "\"user_us\":{:.2f},\"sys_us\":{:.2f},\"p50_us\":{:.0f},\"p99_us\":{:.0f},\"failed\":{},"
      "\"rss_kb\":{}",
      plan.size.requests, plan.size.concurrency, wall_s, n / wall_s, user_us + system_us, user_us,
      system_us, percentile(load.latencies_us(), 0.5), percentile(load.latencies_us(), 0.99),
      load.failed_count(), memory_kb("VmHWM"));
  if (plan.hold > 0) {
    result += fmt::format(",\"hold\":{},\"held_kb_per_req\":{:.2f}", plan.hold,
                          static_cast<double>(held_kb) / static_cast<double>(plan.hold));
  }
  return result + fmt::format(",\"library\":\"{}\"}}\n", async_http_pool::library_versions());
}

}  // namespace

ExitStatus bench_command(std::span<const char* const> words) {
  const CommandLine command_line = parse_command_line(bench_options(), words);
  const Settings settings = make_settings(bench_options(), command_line);
  if (settings.wants_help) {
    print_result(fmt::format("{}{}", head, describe_options(bench_options())));
    return ExitStatus::ok;
  }
  const BenchPlan plan = make_plan(command_line.operands);
  if (!settings.leaves_memory_alone) tune_memory();
  std::vector<Request> requests = make_requests(plan.url);
  std::optional<BenchLoad> load;  // outlives the processor's threads
  Processor processor(make_configuration(settings, plan));
  load.emplace(processor, std::move(requests), plan.size);
  processor.start();
  const long held_kb = hold_requests(processor, plan);
  print_result(measure(*load, plan, held_kb));
  const ExitStatus status = load->failed_count() > 0 ? ExitStatus::errors : ExitStatus::ok;
  if (plan.hold > 0) std::_Exit(static_cast<int>(status));
  processor.stop();
  return status;
}

}  // namespace ahp_tool
