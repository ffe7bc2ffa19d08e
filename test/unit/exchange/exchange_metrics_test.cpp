// What an exchange adds to the metrics of its transfers.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/scripted_exchange.hpp"

#include <chrono>
#include <memory>

namespace async_http_pool::test {
namespace {

constexpr Metrics::Microseconds zero{0};

Request request() { return Request::get("http://127.0.0.1/a").build(); }

/// So much that the clock of metrics notices.
void let_time_pass() {
  const auto enough = Clock::now() + 1ms;
  REQUIRE(eventually([&] { return Clock::now() >= enough; }));
}

TransferFailure lost() {
  return {.type = ErrorType::connection, .code = ErrorCode::connection_lost, .message = "lost"};
}

TEST_CASE("each transfer that starts is an attempt: the first, retries and redirects") {
  ScriptedExchange exchange(request(), Configuration().set_retries(1));
  exchange.begin();
  exchange.transport.fail(lost());
  exchange.transport.start();
  let_time_pass();
  exchange.transport.redirect_to("/b");
  exchange.transport.start();
  let_time_pass();
  exchange.transport.respond(200);
  const Metrics& metrics = exchange.outcome().response().metrics();
  CHECK(metrics.attempts == 3);
  CHECK(metrics.redirect >= 1ms);
  CHECK(metrics.redirect + 1ms <= metrics.total);
  CHECK(metrics.queue <= metrics.redirect);
}

TEST_CASE("without a redirect no time went by before one") {
  ScriptedExchange exchange(request());
  exchange.begin();
  let_time_pass();
  exchange.transport.respond(200);
  CHECK(exchange.outcome().response().metrics().redirect == zero);
}

TEST_CASE("a task whose time is over before it starts was in the queue all along") {
  ScriptedExchange exchange(request(), Configuration().set_retries(0));
  REQUIRE(exchange.start());
  let_time_pass();
  exchange.transport.fail({.type = ErrorType::timeout, .code = ErrorCode::request_timeout});
  const Metrics& metrics = exchange.outcome().error().metrics();
  CHECK(metrics.attempts == 0);
  CHECK(metrics.queue >= 1ms);
  CHECK(metrics.queue == metrics.total);
}

TEST_CASE("errors of the exchange's own have metrics too") {
  ScriptedExchange exchange(request(), Configuration().set_max_redirects(1));
  exchange.begin();
  let_time_pass();
  exchange.transport.redirect_to("/b");
  exchange.transport.start();
  SECTION("too many redirects") { exchange.transport.redirect_to("/c"); }
  SECTION("a redirect to nowhere") { exchange.transport.redirect_to("ftp://127.0.0.1/"); }
  SECTION("a redirect in a circle") { exchange.transport.redirect_to("/a"); }
  CHECK(exchange.outcome().error().metrics().attempts == 2);
  CHECK(exchange.outcome().error().metrics().redirect >= 1ms);
}

}  // namespace
}  // namespace async_http_pool::test
