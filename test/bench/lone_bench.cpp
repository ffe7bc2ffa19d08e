// How long a lone request takes, and how long until it is sent, while others keep the agent busy:
//
//   lone_bench ahp|raw|limit BASE_URL N THREADS BUSY_URL BUSY
//
// BUSY requests to BUSY_URL are under way all the time. Beside them N are started to
// BASE_URL/lone/THREAD by 1 to 10 threads, each one at a time, after pauses that have nothing to do
// with the agent's turns. With `limit` they go to BASE_URL/hold/600000, where no answer comes, and
// it is how late their time limit ends them. Prints a line of JSON.

#include "loop_probe.hpp"
#include "process_usage.hpp"
#include "requester.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = loop_probe::Clock;
using namespace std::chrono_literals;

double microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

double percentile(std::vector<double>& values, double fraction) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

/// Ends of busy requests.
class EndCount {
 public:
  /// `wait` returns when `awaited` have ended.
  explicit EndCount(std::size_t awaited) : awaited_(awaited) {}
  void add() {
    if (count_.fetch_add(1, std::memory_order_relaxed) + 1 == awaited_) reached_.count_down();
  }
  void wait() const {
    if (awaited_ > 0) reached_.wait();
  }
  [[nodiscard]] std::size_t now() const { return count_.load(std::memory_order_relaxed); }

 private:
  const std::size_t awaited_;
  std::atomic<std::size_t> count_ = 0;
  std::latch reached_{1};
};

/// One of the requests that are under way all the time: its end starts the next.
class BusyOne final : public EndListener {
 public:
  BusyOne(Requester& requester, const std::string& url, EndCount& ended)
      : requester_(requester), url_(url), ended_(ended) {}
  void begin() { requester_.start(url_, *this); }
  void on_end(bool is_success) override {
    if (!is_success) std::terminate();
    ended_.add();
    begin();
  }

 private:
  Requester& requester_;
  const std::string& url_;
  EndCount& ended_;
};

struct Latency {
  Clock::duration to_wire{};
  Clock::duration to_end{};
};

class LoneOne final : public EndListener {
 public:
  /// `number`: of its URL, which is watched; none: no answer comes.
  LoneOne(Requester& requester, std::string url, std::optional<std::size_t> number)
      : requester_(requester), url_(std::move(url)), number_(number) {}

  Latency run() {
    has_ended_ = false;
    const auto begin = Clock::now();
    requester_.start(url_, *this);
    has_ended_.wait(false);
    if (is_success_ != number_.has_value())
      throw std::runtime_error("a lone request did not end as it should");
    return {number_ ? loop_probe::sent_at(*number_) - begin : 0ns, ended_at_ - begin};
  }
  void on_end(bool is_success) override {
    ended_at_ = Clock::now();
    is_success_ = is_success;
    has_ended_ = true;
    has_ended_.notify_one();
  }

 private:
  Requester& requester_;
  const std::string url_;
  const std::optional<std::size_t> number_;
  Clock::time_point ended_at_;
  bool is_success_ = false;
  std::atomic<bool> has_ended_ = false;
};

constexpr std::chrono::milliseconds time_limit = 100ms;

enum class Mode { library, raw, limit };

struct Plan {
  Mode mode;
  std::string base_url;
  std::size_t requests;
  std::size_t threads;
  std::string busy_url;
  std::size_t busy;
};

std::vector<Latency> run_one_thread(LoneOne& lone, std::size_t count, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<Latency> latencies;
  for (std::size_t i = 0; i < count; ++i) {
    latencies.push_back(lone.run());
    // Long enough for an agent that has nothing else to do to fall asleep, and up to the time that
    // a request takes, which is more than a turn: any moment of it is as likely as any other.
    const double part = std::uniform_real_distribution<>(0, 1)(random);
    std::this_thread::sleep_for(200us + part * latencies.back().to_end);
  }
  return latencies;
}

std::vector<Latency> run_lone_ones(std::deque<LoneOne>& lone, std::size_t count) {
  std::vector<std::future<std::vector<Latency>>> threads;
  for (std::size_t i = 0; i < lone.size(); ++i) {
    threads.push_back(std::async(std::launch::async, run_one_thread, std::ref(lone[i]), count,
                                 static_cast<unsigned>(i + 1)));
  }
  std::vector<Latency> all;
  for (auto& thread : threads) {
    const std::vector<Latency> latencies = thread.get();
    all.insert(all.end(), latencies.begin(), latencies.end());
  }
  return all;
}

void print(const Plan& plan, const std::vector<Latency>& latencies, double turn_us,
           double busy_rps) {
  std::vector<double> wire;
  std::vector<double> whole;
  for (const Latency& latency : latencies) {
    wire.push_back(microseconds(latency.to_wire));
    whole.push_back(microseconds(latency.to_end));
  }
  fmt::print(
      "{{\"client\":\"{}\",\"n\":{},\"busy\":{},\"wire_p50_us\":{:.1f},\"wire_p99_us\":{:.1f},"
      "\"p50_us\":{:.1f},\"p99_us\":{:.1f},\"turn_us\":{:.1f},\"busy_rps\":{:.0f}}}\n",
      plan.mode == Mode::raw ? "raw" : "ahp", latencies.size(), plan.busy, percentile(wire, 0.5),
      percentile(wire, 0.99), percentile(whole, 0.5), percentile(whole, 0.99), turn_us, busy_rps);
}

void print_lateness(const Plan& plan, const std::vector<Latency>& latencies, double busy_rps) {
  std::vector<double> late;
  for (const Latency& latency : latencies)
    late.push_back(microseconds(latency.to_end - time_limit));
  fmt::print(
      "{{\"client\":\"ahp\",\"n\":{},\"busy\":{},\"late_least_us\":{:.1f},\"late_p50_us\":{:.1f},"
      "\"late_p99_us\":{:.1f},\"late_most_us\":{:.1f},\"busy_rps\":{:.0f}}}\n",
      late.size(), plan.busy, percentile(late, 0), percentile(late, 0.5), percentile(late, 0.99),
      percentile(late, 1), busy_rps);
}

std::unique_ptr<Requester> make_requester(const Plan& plan, const std::string& held_url) {
  const int requests_max = static_cast<int>(plan.busy + plan.threads);
  if (plan.mode == Mode::raw) return make_raw_requester(requests_max);
  if (plan.mode == Mode::library) return make_library_requester(requests_max);
  return make_library_requester(requests_max, {.url = held_url, .time = time_limit});
}

void measure(const Plan& plan) {
  const std::string held_url = plan.base_url + "/hold/600000";
  const auto requester = make_requester(plan, held_url);
  EndCount ended(3 * plan.busy);
  std::deque<BusyOne> busy;
  for (std::size_t i = 0; i < plan.busy; ++i)
    busy.emplace_back(*requester, plan.busy_url, ended).begin();
  std::deque<LoneOne> lone;
  for (std::size_t i = 0; i < plan.threads; ++i) {
    if (plan.mode == Mode::limit) {
      lone.emplace_back(*requester, held_url, std::nullopt);
    } else {
      lone.emplace_back(*requester, fmt::format("{}/lone/{}", plan.base_url, i), i);
    }
  }
  ended.wait();  // until connecting is over
  run_lone_ones(lone, 1);

  const loop_probe::Loop before = loop_probe::loop();
  const std::size_t ended_before = ended.now();
  const auto begin = Clock::now();
  const std::vector<Latency> latencies = run_lone_ones(lone, plan.requests / plan.threads);
  const Clock::duration wall = Clock::now() - begin;
  const loop_probe::Loop after = loop_probe::loop();
  const std::size_t busy_ended = ended.now() - ended_before;
  const auto turns = static_cast<double>(after.turns - before.turns);
  const double turn_us = turns > 0 ? microseconds(wall - (after.slept - before.slept)) / turns : 0;
  const double busy_rps =
      static_cast<double>(busy_ended) / std::chrono::duration<double>(wall).count();
  if (plan.mode == Mode::limit) {
    print_lateness(plan, latencies, busy_rps);
  } else {
    print(plan, latencies, turn_us, busy_rps);
  }
  std::fflush(stdout);
  std::_Exit(0);  // without waiting for the busy ones
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::map<std::string_view, Mode> modes = {
        {"ahp", Mode::library}, {"raw", Mode::raw}, {"limit", Mode::limit}};
    const auto mode = modes.find(argc == 7 ? argv[1] : "");
    if (mode == modes.end())
      throw std::invalid_argument(
          "usage: lone_bench ahp|raw|limit BASE_URL N THREADS BUSY_URL BUSY");
    const Plan plan{.mode = mode->second,
                    .base_url = argv[2],
                    .requests = std::stoul(argv[3]),
                    .threads = std::stoul(argv[4]),
                    .busy_url = argv[5],
                    .busy = std::stoul(argv[6])};
    if (plan.threads < 1 || plan.threads > loop_probe::watched_max || plan.requests < plan.threads)
      throw std::invalid_argument("1 to 10 threads, and a request for each");
    ahp_tool::raise_file_limit();
    if (curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) throw std::runtime_error("no libcurl");
    measure(plan);
  } catch (const std::exception& error) {
    fmt::print(stderr, "lone_bench: {}\n", error.what());
    return 2;
  }
}
