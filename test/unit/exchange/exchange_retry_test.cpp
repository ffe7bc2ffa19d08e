// How an exchange tries again.
#include "exchange/exchange.hpp"

#include <chrono>
#include <string>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::ScriptedExchange;
using Events = ScriptedExchange::Events;

TransferFailure lost_connection(bool never_sent = false) {
  return {.type = ErrorType::connection,
          .code = ErrorCode::connection_lost,
          .message = "connection lost",
          .never_sent = never_sent};
}

Request get() { return Request::get("http://a/1").build(); }

Configuration configured(const RequestConfig& config) {
  return Configuration().set_request_config(config);
}

/// Fails the exchange's transfer; returns whether the next order is to go out between now and
/// `longest` from now.
bool fails_and_waits(ScriptedExchange& exchange, std::chrono::milliseconds longest) {
  const TimePoint before = SteadyClock::now();
  exchange.transport.fail(lost_connection());
  const TimePoint after = SteadyClock::now();
  const TimePoint start_at = exchange.transport.last_order().start_at;
  return start_at >= before && start_at <= after + longest;
}

TEST_CASE("a retry is the same request again, later, and part of the same hop") {
  ScriptedExchange exchange(get(), Configuration().set_retry_delay(1s));
  exchange.begin();
  const TransferOrder first = exchange.transport.last_order();
  CHECK(fails_and_waits(exchange, 1s));
  REQUIRE(exchange.transport.orders().size() == 2);
  const TransferOrder& again = exchange.transport.last_order();
  CHECK(again.request == first.request);
  CHECK(again.request_id == "id");
  CHECK(again.origin == first.origin);
  CHECK(again.deadline == first.deadline);
  CHECK(again.timeout == first.timeout);
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.events() == Events{"started id", "response id"});
}

TEST_CASE("a transfer that failed before its start is told to start when it is tried again") {
  ScriptedExchange exchange(get());
  REQUIRE(exchange.start());
  exchange.transport.fail(lost_connection(true));
  CHECK(exchange.events().empty());
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.events() == Events{"started id", "response id"});
}

TEST_CASE("the pauses between retries double") {
  ScriptedExchange exchange(get(), Configuration().set_retry_delay(1s).set_retries(4));
  exchange.begin();
  for (const auto longest : {1s, 2s, 4s, 8s}) CHECK(fails_and_waits(exchange, longest));
  exchange.transport.give_back();
}

TEST_CASE("after the last retry the failure is the outcome") {
  const int retries = GENERATE(0, 1, 3);
  ScriptedExchange exchange(get(), Configuration().set_retries(retries));
  exchange.begin();
  for (int i = 0; i < retries; ++i) {
    exchange.transport.fail(lost_connection());
    REQUIRE_FALSE(exchange.has_outcome());
    exchange.transport.start();
  }
  exchange.transport.fail(lost_connection());
  CHECK(exchange.transport.orders().size() == static_cast<std::size_t>(retries) + 1);
  CHECK(exchange.events() == Events{"started id", "error id"});
  CHECK(exchange.outcome().summary() == "connection connection_lost");
  CHECK(exchange.outcome().error().message() == "connection lost");
}

TEST_CASE("hard case 95: what may not be sent twice is not, unless it was never sent") {
  struct Row {
    const char* method;
    bool never_sent;
    bool has_response_bytes;
    bool is_retried;
  };
  for (const Row& row : {Row{"GET", false, false, true}, Row{"HEAD", false, false, true},
                         Row{"PUT", false, false, true}, Row{"DELETE", false, false, true},
                         Row{"OPTIONS", false, false, true}, Row{"GET", false, true, false},
                         Row{"POST", false, false, false}, Row{"PATCH", false, false, false},
                         Row{"REPORT", false, false, false}, Row{"POST", true, false, true},
                         Row{"PATCH", true, false, true}, Row{"POST", true, true, false}}) {
    INFO(row.method << row.never_sent << row.has_response_bytes);
    ScriptedExchange exchange(Request::builder(row.method, "http://a/").build());
    exchange.begin();
    exchange.transport.fail(lost_connection(row.never_sent), row.has_response_bytes);
    CHECK(exchange.has_outcome() == !row.is_retried);
    if (exchange.transport.is_busy()) exchange.transport.give_back();
  }
}

TEST_CASE("error responses are not tried again unless that is asked for") {
  ScriptedExchange exchange(get());
  exchange.begin();
  exchange.transport.respond(503, Headers{{"retry-after", "0"}});
  CHECK(exchange.outcome().status() == 503);
}

TEST_CASE("a failure so near the deadline that no pause fits is the outcome at once") {
  ScriptedExchange exchange(Request::get("http://a/").timeout(1s).build(),
                            configured(RequestConfig()
                                           .set_retry_delay(std::chrono::hours(80'000))
                                           .set_retry_delay_max(std::chrono::hours(80'000))));
  exchange.begin();
  exchange.transport.fail(lost_connection());
  CHECK(exchange.transport.orders().size() == 1);
  CHECK(exchange.outcome().summary() == "connection connection_lost");
}

TEST_CASE("each hop has all retries") {
  ScriptedExchange exchange(get(), Configuration().set_retries(1).set_retry_delay(1s));
  exchange.begin();
  exchange.transport.fail(lost_connection());
  exchange.transport.start();
  exchange.transport.redirect_to("/2");
  exchange.transport.start();
  CHECK(fails_and_waits(exchange, 1s));
  CHECK(exchange.transport.last_order().request_id == "id/2");
  exchange.transport.start();
  exchange.transport.fail(lost_connection());
  CHECK(exchange.events() == Events{"started id", "redirected id", "started id/2", "error id/2"});
}

TEST_CASE("hard case 143: a retry that finds the transport closed gives the task back") {
  ScriptedExchange exchange(get());
  exchange.begin();
  exchange.transport.close();
  exchange.transport.fail(lost_connection());
  CHECK(exchange.events() == Events{"started id", "given back id"});
}

TEST_CASE("hard case 143: a task that waits for its retry can be given back") {
  ScriptedExchange exchange(get());
  exchange.begin();
  exchange.transport.fail(lost_connection());
  exchange.transport.give_back();
  CHECK(exchange.events() == Events{"started id", "given back id"});
}

TEST_CASE("the duration of a response that needed a retry is that of the whole hop") {
  ScriptedExchange exchange(get());
  exchange.begin();
  exchange.transport.fail(lost_connection());
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.outcome().response().duration() > 0ns);
  CHECK(exchange.tasks().front().started_at() == exchange.tasks().back().started_at());
}

}  // namespace
}  // namespace async_http_pool
