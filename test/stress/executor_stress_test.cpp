// Executors on many threads, beside a processor.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

TEST_CASE("Executors work on many threads at once, whoever made them") {
  const Watchdog watchdog("executors on many threads", 6 * patience);
  constexpr int thread_count = 4;
  constexpr int calls = 50;
  TinyServer server;
  const Configuration configuration = test_configuration();
  RunningProcessor processor;
  const auto beside = std::make_shared<RecordingHandler>();
  const RequestTemplate api({.base_url = server.url("/")});
  std::atomic<int> completed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) {
    auto executor = std::make_unique<SynchronousExecutor>(
        configuration,
        SynchronousExecutor::Hooks{.on_complete = [&completed](const Response&) { ++completed; },
                                   .on_error = {}});
    threads.emplace_back([&, executor = std::move(executor)] {
      for (int call = 0; call < calls; ++call) {
        const Request request = api.get("fast").param("call", std::to_string(call)).build();
        // From inside the handler, so that the thread is seen to be no agent's any more.
        const auto handler = std::make_shared<CallbackHandler>(
            [&] { processor->enqueue(RequestTask(request, beside, "Beside")); });
        static_cast<void>(executor->call(RequestTask(request, handler, "TestCallback")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(beside->wait_for(thread_count * calls));
  CHECK(completed == thread_count * calls);
  CHECK(beside->response_count() == thread_count * calls);
}
