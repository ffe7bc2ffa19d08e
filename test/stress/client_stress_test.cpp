// Many threads send, read, cancel and drop at random moments: every future gets an outcome, and
// nothing is left behind.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/pour_server.hpp"
#include "support/process_state.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int thread_count_max = 6;
constexpr int requests_each = is_thread_sanitized ? 150 : 400;

/// What threads do to a client, and what came of it.
class Crowd {
 public:
  explicit Crowd(const Client& client) : client_(client) {}

  /// On a thread of its own.
  void run(int seed) {
    std::minstd_rand random(static_cast<unsigned>(seed) + 1);
    for (int i = 0; i < requests_each; ++i) {
      try {
        run_one(random);
      } catch (const NotRunningError&) {
        --i;  // that was no request
        std::this_thread::yield();
      } catch (const std::exception&) {
        ++failed_;
      }
    }
  }

  /// What a continuation is told counts as an outcome, too.
  [[nodiscard]] bool wait_for_outcomes() const {
    return eventually([&] { return continued_ == outstanding_; });
  }
  [[nodiscard]] int responses() const { return responses_; }
  [[nodiscard]] int failed() const { return failed_; }
  [[nodiscard]] int in_all() const { return responses_ + failed_ + dropped_ + outstanding_; }

 private:
  void run_one(std::minstd_rand& random) {
    std::stop_source stop;
    ResponseFuture future = client_.send(Request::get(urls_.at(random() % urls_.size())).build(),
                                         SendOptions().set_stop_token(stop.get_token()));
    switch (random() % 6) {
      case 0:
        ++dropped_;
        return;  // drops it, whatever its state
      case 1:
        future.cancel();
        break;
      case 2: {
        std::jthread stopper([&stop] { stop.request_stop(); });
        read(future.get(), random);
        return;
      }
      case 3:
        ++outstanding_;
        std::move(future).then([this](ResponseFuture ready) {
          try {
            static_cast<void>(ready.get());  // and dropped
          } catch (const std::exception&) {
          }
          ++continued_;
        });
        stop.request_stop();  // it could be one that is never answered
        return;
      case 4:
        if (!future.wait_for(std::chrono::milliseconds(random() % 5))) future.cancel();
        break;
      default:
        if (!future.wait_for(20ms)) stop.request_stop();
        break;
    }
    read(future.get(), random);
  }

  void read(StreamingResponse response, std::minstd_rand& random) {
    std::array<char, 5000> buffer;
    const unsigned reads_max = random() % 40;
    std::optional<std::jthread> canceller;
    if (random() % 3 == 0) canceller.emplace([&response] { response.cancel(); });
    for (unsigned i = 0; i < reads_max && response.body().read(buffer) != 0; ++i) continue;
    ++responses_;
  }

  const Client& client_;
  PourServer pouring_;
  TinyServer tiny_;
  const std::array<std::string, 4> urls_ = {tiny_.url("/hold"), tiny_.url("/fast"),
                                            pouring_.url(300'000), pouring_.url(10)};
  std::atomic<int> responses_ = 0;
  std::atomic<int> failed_ = 0;
  std::atomic<int> dropped_ = 0;
  std::atomic<int> outstanding_ = 0;
  std::atomic<int> continued_ = 0;
};

void run_threads(Crowd& crowd) {
  std::vector<std::jthread> threads;
  for (int seed = 0; seed < thread_count_max; ++seed)
    threads.emplace_back([&crowd, seed] { crowd.run(seed); });
}

}  // namespace

TEST_CASE(
    "requests that threads read, cancel and drop at random all end, and leave nothing behind") {
  const Watchdog watchdog("random use of a client", 9 * patience);
  const std::size_t descriptors_before = descriptor_count();
  const std::size_t threads_before = thread_count();
  {
    const int agents = GENERATE(1, 3);
    const Client client(without_retries().set_agents(agents));
    Crowd crowd(client);
    run_threads(crowd);
    CHECK(crowd.wait_for_outcomes());
    CHECK(crowd.in_all() == thread_count_max * requests_each);
    CHECK(crowd.responses() > 0);
    CHECK(crowd.failed() > 0);
    CHECK(eventually([&] { return client.total_count() == 0; }));
  }
  CHECK(eventually([&] { return descriptor_count() <= descriptors_before; }));
  CHECK(eventually([&] { return thread_count() <= threads_before; }));
}

TEST_CASE(
    "clients of a processor that stops and starts at random get an outcome for each request") {
  const Watchdog watchdog("stopping a shared processor", 9 * patience);
  const std::size_t descriptors_before = descriptor_count();
  const std::size_t threads_before = thread_count();
  {
    Processor processor(without_retries().set_agents(2));
    const Client client(processor);
    Crowd crowd(client);
    std::atomic<bool> is_over = false;
    std::jthread stopper([&] {
      std::minstd_rand random(7);
      while (!is_over) {
        processor.start();
        const std::size_t moment = random() % 50;  // in looks
        for (std::size_t i = 0; i < moment && !is_over; ++i) std::this_thread::yield();
        processor.stop(std::chrono::milliseconds(random() % 4));
      }
    });
    run_threads(crowd);
    is_over = true;
    stopper.join();
    CHECK(crowd.wait_for_outcomes());
    CHECK(crowd.in_all() == thread_count_max * requests_each);
    CHECK(crowd.responses() > 0);
    CHECK(crowd.failed() > 0);
    CHECK(client.total_count() == 0);
  }
  CHECK(eventually([&] { return descriptor_count() <= descriptors_before; }));
  CHECK(eventually([&] { return thread_count() <= threads_before; }));
}

TEST_CASE("the last handle of a client may go on any thread while its bodies are read") {
  const Watchdog watchdog("dropping clients", 9 * patience);
  const std::size_t threads_before = thread_count();
  constexpr int rounds = is_thread_sanitized ? 50 : 200;
  constexpr std::uint64_t bytes = 100'000;
  std::atomic<int> whole = 0;
  {
    const PourServer server;
    const Request request = Request::get(server.url(bytes)).build();
    for (int round = 0; round < rounds; ++round) {
      auto client = std::make_shared<Client>(without_retries());
      std::vector<std::jthread> readers;
      for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&whole, response = client->send(request).get()]() mutable {
          if (response.body().discard() == bytes) ++whole;
        });
      }
      // Every other time the agents end on their own thread.
      ResponseFuture future = client->send(request);
      if (round % 2 == 0)
        std::move(future).then([last = std::move(client)](const ResponseFuture&) {});
    }
  }
  CHECK(whole == 3 * rounds);
  CHECK(eventually([&] { return thread_count() <= threads_before; }));
}
