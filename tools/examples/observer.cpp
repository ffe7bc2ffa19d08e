// Counts what a processor does, for metrics.
//
//   c++ -std=c++20 observer.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <atomic>
#include <iostream>
#include <memory>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

/// Called on agent threads, of which there may be several, and on those that enqueue: hence
/// atomics.
class Metrics : public ahp::ProcessorObserver {
 public:
  void request_start(const ahp::RequestTask&) override { ++started; }
  void request_end(const ahp::RequestTask& task) override {
    ++ended;
    busy_ns += task.duration().value_or(0ns).count();
  }
  void request_error(const ahp::Error&) override { ++failed; }
  void capacity_exceeded() override { ++refused; }

  std::atomic<int> started = 0, ended = 0, failed = 0, refused = 0;
  std::atomic<std::int64_t> busy_ns = 0;
};

/// Counts, too: what the tasks came to.
class Tally : public ahp::TaskHandler {
 public:
  void on_complete(const ahp::Response&, std::string_view) override { ++responses; }
  void on_error(const ahp::Error&, std::string_view) override { ++errors; }
  void retry() override { ++given_back; }

  std::atomic<int> responses = 0, errors = 0, given_back = 0;
};

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const auto metrics = std::make_shared<Metrics>();
  const auto tally = std::make_shared<Tally>();

  ahp::Configuration config;
  config.set_max_connections(8).set_request_timeout(10s).set_raise_error_responses(true);
  ahp::Processor processor(config);
  processor.observe(metrics);
  processor.start();

  const auto enqueue = [&](const std::string& path) {
    ahp::RequestTask task(ahp::Request::get(base_url + path).build(), tally, "Fetched");
    return processor.try_enqueue(task) == ahp::EnqueueResult::accepted;
  };
  int accepted = 0;
  for (const char* path : {"/moved", "/error"}) accepted += enqueue(path) ? 1 : 0;
  processor.wait_until_idle(20s);
  for (int i = 0; i < 10; ++i) accepted += enqueue("/slow") ? 1 : 0;  // two too many
  processor.wait_until_idle(20s);
  processor.stop();

  std::cout << "tasks: " << accepted << " accepted, " << metrics->refused << " refused\n"
            << "requests: " << metrics->started << " started, " << metrics->ended << " ended, "
            << metrics->failed << " failed\n"
            << "outcomes: " << tally->responses << " responses, " << tally->errors << " errors, "
            << tally->given_back << " given back\n";
  std::cerr << "time spent waiting for servers: " << metrics->busy_ns / 1'000'000 << " ms\n";
  if (tally->responses > 0) return 0;
  std::cerr << "no response from " << base_url << '\n';
  return 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
