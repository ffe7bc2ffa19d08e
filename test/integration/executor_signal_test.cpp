// What a task that runs on the calling thread does to the signals of the application.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <sys/time.h>

#include <atomic>
#include <csignal>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Counts signals without SA_RESTART, for as long as it lives.
class SignalCounter {
 public:
  explicit SignalCounter(int number) : number_(number) {
    count = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { ++count; };
    ::sigaction(number_, &action, &before_);
  }
  ~SignalCounter() { ::sigaction(number_, &before_, nullptr); }
  SignalCounter(const SignalCounter&) = delete;
  SignalCounter& operator=(const SignalCounter&) = delete;
  static inline std::atomic<int> count = 0;

 private:
  const int number_;
  struct sigaction before_ {};
};

/// Sends SIGALRM to the process every 2 ms, for as long as it lives.
class Alarms {
 public:
  Alarms() { set(2000); }
  ~Alarms() { set(0); }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

 private:
  static void set(suseconds_t microseconds) {
    const itimerval interval = {.it_interval = {.tv_sec = 0, .tv_usec = microseconds},
                                .it_value = {.tv_sec = 0, .tv_usec = microseconds}};
    ::setitimer(ITIMER_REAL, &interval, nullptr);
  }
};

}  // namespace

TEST_CASE("signals reach the application during a call, and do not end it") {
  DynamicServer server;
  SynchronousExecutor executor(test_configuration());
  const SignalCounter counter(SIGALRM);
  const Alarms alarms;
  const TaskOutcome late = executor.call(Request::get(server.url("/hold")).timeout(200ms).build());
  const TaskOutcome fine = executor.call(Request::get(server.url("/bytes/900000")).build());
  REQUIRE(late.error() != nullptr);
  CHECK(late.error()->error_type() == ErrorType::timeout);
  REQUIRE(fine.response() != nullptr);
  CHECK(fine.response()->body().size() == 900'000);
  CHECK(SignalCounter::count > 0);
}

TEST_CASE("a server that goes away during an upload sends no SIGPIPE to the caller") {
  ScriptedServer server({reset()});
  SynchronousExecutor executor(test_configuration().set_retries(0));
  const SignalCounter counter(SIGPIPE);
  const TaskOutcome outcome =
      executor.call(Request::post(server.url()).body(std::string(5'000'000, 'x')).build());
  REQUIRE(outcome.error() != nullptr);
  CHECK(outcome.error()->error_type() == ErrorType::connection);
  CHECK(SignalCounter::count == 0);
}
