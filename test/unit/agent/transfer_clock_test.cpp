#include "agent/transfer_clock.hpp"

#include <functional>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint t0 = TimePoint(1000h);

TimeLimits only(TimeLimits limits) {
  limits.deadline = t0 + 60s;
  limits.timeout = 60s;
  return limits;
}

std::string overrun_text(const TransferClock& clock, TimePoint now) {
  const auto failure = clock.overrun(now);
  if (!failure) return "none";
  CHECK(failure->type == ErrorType::timeout);
  return std::string(to_string(failure->code)) + ": " + failure->message;
}

TEST_CASE("without limits of its own a transfer has its deadline alone") {
  TransferClock clock(only({}));
  CHECK_FALSE(clock.needs_progress());
  CHECK_FALSE(clock.is_started());
  const auto check = [&] { CHECK(clock.next_due() == t0 + 60s); };
  check();
  clock.on_started(t0 + 1s);
  CHECK(clock.is_started());
  check();
  clock.on_connected(t0 + 2s, true);
  check();
  clock.on_sent(t0 + 3s, true);
  check();
  clock.on_received(t0 + 4s);
  check();
  CHECK(overrun_text(clock, t0 + 60s - 1ns) == "none");
  CHECK(overrun_text(clock, t0 + 60s) == "request_timeout: request timed out after 60 s");
}

TEST_CASE("waiting for a reader is nobody's idleness") {
  TransferClock clock(only({.idle = 5s}));
  clock.on_started(t0);
  clock.on_connected(t0, false);
  clock.on_received(t0 + 1s);
  CHECK(clock.next_due() == t0 + 6s);
  clock.on_paused();
  CHECK(clock.next_due() == t0 + 60s);
  clock.on_received(t0 + 30s);
  CHECK(clock.next_due() == t0 + 35s);
}

TEST_CASE("a deadline may be put off, and says what it was") {
  TransferClock clock(only({}));
  clock.on_started(t0);
  clock.set_deadline(t0 + 90s, 90s);
  CHECK(overrun_text(clock, t0 + 61s) == "none");
  CHECK(overrun_text(clock, t0 + 90s) == "request_timeout: request timed out after 90 s");
}

TEST_CASE("each limit counts from its own beginning, and says how long it took") {
  using Steps = std::function<void(TransferClock&)>;
  struct Row {
    const char* title;
    TimeLimits limits;
    Steps steps;
    TimePoint due;
    const char* text;  // 5 ms after it was due
  };
  const Steps queued = [](TransferClock&) {};
  const Steps started = [](TransferClock& clock) { clock.on_started(t0 + 1s); };
  const Steps restarted = [](TransferClock& clock) {
    clock.on_started(t0 + 1s);
    clock.on_connected(t0 + 2s, false);
    clock.on_started(t0 + 3s);
  };
  const Steps connected = [](TransferClock& clock) {
    clock.on_started(t0 + 1s);
    clock.on_connected(t0 + 2s, false);
  };
  const Steps sending = [](TransferClock& clock) {
    clock.on_started(t0 + 1s);
    clock.on_connected(t0 + 2s, true);
    clock.on_sent(t0 + 3s, false);
  };
  const Steps sent = [=](TransferClock& clock) {
    sending(clock);
    clock.on_sent(t0 + 4s, true);
  };
  const Steps received = [=](TransferClock& clock) {
    sent(clock);
    clock.on_received(t0 + 5s);
    clock.on_received(t0 + 6s);
  };
  const Steps early_response = [=](TransferClock& clock) {
    sending(clock);
    clock.on_received(t0 + 5s);
    clock.on_sent(t0 + 7s, false);
  };
  const TimeLimits attempt = only({.attempt = 10s});
  const TimeLimits first_byte = only({.first_byte = 10s});
  const TimeLimits idle = only({.idle = 10s});
  const TimePoint deadline = t0 + 60s;
  const char* const over = "request_timeout: request timed out after 60 s";
  const char* const attempt_over = "attempt_timeout: attempt timed out after 10.005 s";
  const char* const no_response =
      "first_byte_timeout: no response 10.005 s after the request was sent";
  const char* const stalled = "idle_timeout: no byte of the request could be sent for 10.005 s";
  const char* const silent = "idle_timeout: no byte of the response came for 10.005 s";
  const Row rows[] = {
      {"attempt: not while it waits", attempt, queued, deadline, over},
      {"attempt: from its start", attempt, started, t0 + 11s, attempt_over},
      {"attempt: connecting anew is the same", attempt, restarted, t0 + 11s, attempt_over},
      {"attempt: nothing extends it", attempt, received, t0 + 11s, attempt_over},
      {"first byte: not while connecting", first_byte, started, deadline, over},
      {"first byte: not while connecting anew", first_byte, restarted, deadline, over},
      {"first byte: from the request", first_byte, connected, t0 + 12s, no_response},
      {"first byte: not before the body is out", first_byte, sending, deadline, over},
      {"first byte: from the end of the body", first_byte, sent, t0 + 14s, no_response},
      {"first byte: not after it", first_byte, received, deadline, over},
      {"idle: not while connecting", idle, started, deadline, over},
      {"idle: not while the server thinks", idle, connected, deadline, over},
      {"idle: from the last piece sent", idle, sending, t0 + 13s, stalled},
      {"idle: not when all is sent", idle, sent, deadline, over},
      {"idle: from the last piece received", idle, received, t0 + 16s, silent},
      {"idle: what is sent counts, too", idle, early_response, t0 + 17s, silent},
  };
  for (const Row& row : rows) {
    INFO(row.title);
    TransferClock clock(row.limits);
    row.steps(clock);
    CHECK(clock.next_due() == row.due);
    CHECK(overrun_text(clock, row.due - 1ns) == "none");
    CHECK(overrun_text(clock, row.due + 5ms) == row.text);
  }
}

TEST_CASE("of several limits the soonest counts, whatever the others say") {
  TransferClock clock(
      {.deadline = t0 + 20s, .timeout = 20s, .attempt = 10s, .first_byte = 3s, .idle = 5s});
  CHECK(clock.needs_progress());
  clock.on_started(t0);
  CHECK(clock.next_due() == t0 + 10s);
  clock.on_connected(t0 + 1s, false);
  CHECK(clock.next_due() == t0 + 4s);
  clock.on_received(t0 + 2s);
  CHECK(clock.next_due() == t0 + 7s);
  clock.on_received(t0 + 6s);
  CHECK(clock.next_due() == t0 + 10s);
  CHECK(clock.overrun(t0 + 30s)->code == ErrorCode::attempt_timeout);
  CHECK(TransferClock({.deadline = t0, .attempt = 10s}).overrun(t0)->code ==
        ErrorCode::request_timeout);
}

TEST_CASE("the wait for a go-ahead ends in time, then again later and later, and breaks no limit") {
  TransferClock clock(only({.idle = 5s}));
  clock.on_started(t0);
  clock.on_connected(t0 + 1s, true);
  CHECK(clock.next_due() == t0 + 6s);
  CHECK_FALSE(clock.take_go_ahead(t0 + 6s));
  clock.await_go_ahead(200ms);
  const auto due = t0 + 1s + 202ms;  // a little later than libcurl finds that it is over
  CHECK(clock.next_due() == due);
  CHECK_FALSE(clock.take_go_ahead(due - 1ns));
  CHECK(clock.next_due() == due);
  CHECK(overrun_text(clock, due) == "none");
  CHECK(clock.take_go_ahead(due));
  CHECK(clock.next_due() == due + 4ms);
  CHECK_FALSE(clock.take_go_ahead(due));
  CHECK(clock.take_go_ahead(due + 10ms));
  CHECK(clock.next_due() == due + 18ms);
  clock.forget_go_ahead();
  CHECK(clock.next_due() == t0 + 6s);
  CHECK_FALSE(clock.take_go_ahead(t0 + 7s));
  CHECK(overrun_text(clock, t0 + 6s) ==
        "idle_timeout: no byte of the request could be sent for 5.000 s");
}

TEST_CASE("each round waits for a go-ahead of its own, or for none") {
  TransferClock clock(only({}));
  clock.on_started(t0);
  clock.on_connected(t0, true);
  clock.await_go_ahead(1s);
  CHECK(clock.take_go_ahead(t0 + 2s));
  CHECK(clock.take_go_ahead(t0 + 3s));
  clock.on_connected(t0 + 4s, true);
  CHECK(clock.next_due() == t0 + 60s);
  clock.await_go_ahead(1s);
  CHECK(clock.take_go_ahead(t0 + 5s + 2ms));
  CHECK(clock.next_due() == t0 + 5s + 6ms);
}

TEST_CASE("a time limit says whether the request may have reached the server") {
  TransferClock clock(only({.attempt = 1s}));
  clock.on_started(t0);
  CHECK(clock.overrun(t0 + 1s)->never_sent);
  clock.on_connected(t0 + 200ms, false);
  CHECK_FALSE(clock.overrun(t0 + 1s)->never_sent);
}

TEST_CASE("a connection that took too long by libcurl's clock is told with its time") {
  TransferClock clock(only({}));
  clock.on_started(t0);
  CHECK(clock.describe_connect_timeout(t0 + 204ms) == "connection timed out after 0.204 s");
}

}  // namespace
}  // namespace async_http_pool
