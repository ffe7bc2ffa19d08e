// How an exchange tries again after a response, and how a budget keeps it from that.
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "exchange/exchange.hpp"
#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::ScriptedExchange;
using Events = ScriptedExchange::Events;

const TransferFailure lost = {.type = ErrorType::connection,
                              .code = ErrorCode::connection_lost,
                              .message = "connection lost"};

Request get() { return Request::get("http://a/1").build(); }

RequestConfig on_503() { return RequestConfig().set_retry_statuses({503}).set_retry_delay(1ms); }

Configuration configured(const RequestConfig& config) {
  return Configuration().set_request_config(config);
}

TEST_CASE("a status that is asked for is tried again, as part of the same hop") {
  ScriptedExchange exchange(get(), configured(on_503()));
  exchange.begin();
  const TransferOrder first = exchange.transport.last_order();
  exchange.transport.respond(503, {}, "busy");
  REQUIRE(exchange.transport.orders().size() == 2);
  CHECK(exchange.transport.last_order().request == first.request);
  CHECK(exchange.transport.last_order().request_id == "id");
  CHECK(exchange.transport.last_order().deadline == first.deadline);
  exchange.transport.start();
  exchange.transport.respond(200, {}, "ok");
  CHECK(exchange.events() == Events{"started id", "response id"});
  CHECK(exchange.outcome().body() == "ok");
}

TEST_CASE("hard case 36: what was refused for asking is sent once more, without asking") {
  ScriptedExchange exchange(Request::post("http://a/1").body("x").build(),
                            configured(RequestConfig().set_retries(0)));
  exchange.begin();
  CHECK(exchange.transport.last_order().may_ask);
  exchange.transport.refuse_expectation();
  REQUIRE(exchange.transport.orders().size() == 2);
  CHECK_FALSE(exchange.transport.last_order().may_ask);
  CHECK(exchange.transport.last_order().request.body() == "x");
  exchange.transport.start();
  exchange.transport.redirect_to("http://b/2", 307);
  REQUIRE(exchange.transport.orders().size() == 3);
  CHECK(exchange.transport.last_order().may_ask);  // another server
  exchange.transport.start();
  exchange.transport.refuse_expectation();
  exchange.transport.start();
  exchange.transport.refuse_expectation();
  CHECK(exchange.transport.orders().size() == 4);
  CHECK(exchange.outcome().status() == 417);
}

TEST_CASE("after the last retry the response is the outcome, as an error where that is asked for") {
  const bool raises = GENERATE(false, true);
  ScriptedExchange exchange(get(),
                            configured(on_503().set_retries(2).set_raise_error_responses(raises)));
  exchange.begin();
  for (const char* body : {"one", "two", "three"}) {
    exchange.transport.respond(503, {}, body);
    if (exchange.transport.is_busy()) exchange.transport.start();
  }
  CHECK(exchange.transport.orders().size() == 3);
  CHECK(exchange.events() == Events{"started id", raises ? "error id" : "response id"});
  CHECK((raises ? exchange.outcome().http_error().response() : exchange.outcome().response())
            .body() == "three");
}

TEST_CASE("failures and responses share the retries of a hop") {
  ScriptedExchange exchange(get(), configured(on_503().set_retries(2)));
  exchange.begin();
  exchange.transport.fail(lost);
  exchange.transport.start();
  exchange.transport.respond(503);
  exchange.transport.start();
  exchange.transport.fail(lost);
  CHECK(exchange.outcome().summary() == "connection connection_lost");
}

TEST_CASE("hard case 61: a retry waits for as long as retry-after says") {
  ScriptedExchange exchange(get(), configured(on_503()));
  exchange.begin();
  const TimePoint before = SteadyClock::now();
  exchange.transport.respond(503, Headers{{"retry-after", "7"}});
  const TimePoint start_at = exchange.transport.last_order().start_at;
  CHECK(start_at >= before + 7s);
  CHECK(start_at <= SteadyClock::now() + 7s + *configured(on_503()).request_config().retry_delay());
  exchange.transport.give_back();
}

TEST_CASE("a retry-after beyond the deadline makes the response final at once") {
  ScriptedExchange exchange(Request::get("http://a/").timeout(5s).build(), configured(on_503()));
  exchange.begin();
  exchange.transport.respond(503, Headers{{"retry-after", "6"}});
  CHECK(exchange.transport.orders().size() == 1);
  CHECK(exchange.outcome().status() == 503);
}

TEST_CASE("a request that must not be sent twice is not, unless it says that it may") {
  struct Row {
    const char* key;
    bool retry_unsafe;
    bool is_retried;
  };
  for (const Row& row : {Row{"", false, false}, Row{"", true, true}, Row{"k", false, true}}) {
    INFO(row.key << row.retry_unsafe);
    RequestBuilder builder = Request::post("http://a/");
    builder.body("x").config(RequestConfig().set_retry_unsafe(row.retry_unsafe));
    if (*row.key != '\0') builder.header("Idempotency-Key", row.key);
    for (const bool answers : {true, false}) {
      ScriptedExchange exchange(builder.build(), configured(on_503()));
      exchange.begin();
      if (answers) {
        exchange.transport.respond(503);
      } else {
        exchange.transport.fail(lost);
      }
      CHECK(exchange.has_outcome() == !row.is_retried);
      if (exchange.transport.is_busy()) exchange.transport.give_back();
    }
  }
}

TEST_CASE("what a request says of its retries counts after a redirect too") {
  ScriptedExchange exchange(Request::post("http://a/")
                                .body("x")
                                .config(on_503().set_retry_unsafe(true).set_retries(1))
                                .build());
  exchange.begin();
  exchange.transport.respond(503);
  exchange.transport.start();
  exchange.transport.redirect_to("http://b/", 307);
  exchange.transport.start();
  exchange.transport.respond(503);
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.outcome().status() == 200);
  CHECK(exchange.events() ==
        Events{"started id", "redirected id", "started id/2", "response id/2"});
}

TEST_CASE("when the budget of its origin is spent a failure is the outcome at once") {
  ScriptedExchange exchange(get(), configured(on_503()));
  const auto spend = [&](const std::string& origin) {
    while (auto reservation = exchange.retry_budget.reserve(origin, SteadyClock::now()))
      reservation.use(SteadyClock::now());
  };
  exchange.begin();
  spend("http://b:80");
  exchange.transport.fail(lost);
  REQUIRE(exchange.transport.is_busy());  // the other's budget
  exchange.transport.start();
  spend("http://a:80");
  if (GENERATE(true, false)) {
    exchange.transport.respond(503);
    CHECK(exchange.outcome().status() == 503);
  } else {
    exchange.transport.fail(lost);
    CHECK(exchange.outcome().summary() == "connection connection_lost");
  }
}

/// How many retries of http://a are left in the budget of `exchange`.
std::size_t retries_left(ScriptedExchange& exchange) {
  std::vector<RetryBudget::Reservation> granted;
  while (auto reservation = exchange.retry_budget.reserve("http://a:80", SteadyClock::now()))
    granted.push_back(std::move(reservation));
  return granted.size();
}

TEST_CASE("a retry takes from the budget while it waits and after it went, none when given back") {
  ScriptedExchange exchange(get(), configured(on_503()));
  REQUIRE(retries_left(exchange) == 10);
  exchange.begin();
  exchange.transport.respond(503);
  CHECK(retries_left(exchange) == 9);
  exchange.transport.start();
  CHECK(retries_left(exchange) == 9);
  exchange.transport.fail(lost);
  CHECK(retries_left(exchange) == 8);
  exchange.transport.give_back();
  CHECK(retries_left(exchange) == 9);
}

TEST_CASE("each hop of a chain is a request of its origin's budget, a retry is not") {
  ScriptedExchange exchange(get(), configured(on_503().set_max_redirects(20).set_retries(5)));
  exchange.begin();
  for (int i = 2; i <= 10; ++i) {
    exchange.transport.redirect_to("/" + std::to_string(i));
    exchange.transport.start();
  }
  CHECK(retries_left(exchange) == 12);
  for (int i = 0; i < 5; ++i) {
    exchange.transport.respond(503);
    exchange.transport.start();
  }
  CHECK(retries_left(exchange) == 7);
  exchange.transport.respond(200);
}

}  // namespace
}  // namespace async_http_pool
