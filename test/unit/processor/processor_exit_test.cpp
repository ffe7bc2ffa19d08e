// The end of a process that has a processor: it must end, with its own exit code.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/forked_child.hpp"
#include "support/running_processor.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cstdlib>
#include <memory>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

// Each of the hidden test cases ends its process; those that show what they should end with 7.

namespace {

constexpr int expected_code = 7;

RequestTask task_to(const std::string& url, CallbackHandler::Action action) {
  return RequestTask(Request::get(url).build(), std::make_shared<CallbackHandler>(action), "Exit");
}

/// Never destroyed: servers of a process that ends.
TinyServer& immortal_server() {
  static auto* const server = new TinyServer;
  return *server;
}

void stay_busy(Processor& processor) {
  for (int i = 0; i < 20; ++i) {
    processor.enqueue(task_to(immortal_server().url("/hold"), [] {}));
    processor.enqueue(task_to(immortal_server().url("/fast"), [] {}));
  }
}

/// Waits for ever: another thread is about to end the process.
[[noreturn]] void wait_for_exit() {
  const Gate never;
  while (true) static_cast<void>(never.wait());
}

}  // namespace

TEST_CASE("exit with a static processor at work", "[.child]") {
  static Processor processor(test_configuration().set_agents(2));
  processor.start();
  stay_busy(processor);
  std::exit(expected_code);
}

TEST_CASE("exit with a processor on the stack at work", "[.child]") {
  Processor processor(test_configuration().set_agents(2));
  processor.start();
  stay_busy(processor);
  std::exit(expected_code);
}

TEST_CASE("exit inside a callback of a static processor", "[.child]") {
  static Processor processor(test_configuration().set_agents(2));
  processor.start();
  stay_busy(processor);
  processor.enqueue(task_to(immortal_server().url("/fast"), [] { std::exit(expected_code); }));
  wait_for_exit();
}

TEST_CASE("exit inside a callback of a processor on the stack", "[.child]") {
  Processor processor(test_configuration().set_agents(2));
  processor.start();
  stay_busy(processor);
  processor.enqueue(task_to(immortal_server().url("/fast"), [] { std::exit(expected_code); }));
  wait_for_exit();
}

TEST_CASE("exit with a static processor that was destroyed in a callback", "[.child]") {
  static auto processor = std::make_unique<Processor>(test_configuration());
  static auto* const destroyed = new Gate;  // its thread may still be in open()
  processor->start();
  processor->enqueue(task_to(immortal_server().url("/fast"), [] {
    processor.reset();
    destroyed->open();
  }));
  static_cast<void>(destroyed->wait());
  std::exit(expected_code);
}

TEST_CASE("A process with a processor at work ends when it is told to") {
  const std::string how =
      GENERATE("exit with a static processor at work", "exit with a processor on the stack at work",
               "exit inside a callback of a static processor",
               "exit inside a callback of a processor on the stack",
               "exit with a static processor that was destroyed in a callback");
  CAPTURE(how);
  CHECK(run_test_case(how) == "exit " + std::to_string(expected_code));
}
