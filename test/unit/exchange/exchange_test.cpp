// The course of an exchange: what it orders, and what it tells and when.
#include "exchange/exchange.hpp"

#include <chrono>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::ScriptedExchange;
using Events = ScriptedExchange::Events;

Request get(const std::string& url) { return Request::get(url).build(); }

TEST_CASE("an exchange orders its request, to be sent at once") {
  ScriptedExchange exchange(get("http://A/x"), Configuration().set_request_timeout(7s));
  REQUIRE(exchange.start());
  const TransferOrder& order = exchange.transport.last_order();
  CHECK(order.request == get("http://a/x"));
  CHECK(order.origin == "http://a:80");
  CHECK(order.request_id == "id");
  CHECK(order.timeout == 7s);
  CHECK(exchange.is_deadline(order.deadline, 7s));
  CHECK(order.start_at == TimePoint::min());
  CHECK(exchange.events().empty());
  exchange.transport.give_back();
}

TEST_CASE("a request's own timeout beats the configuration's") {
  ScriptedExchange exchange(Request::get("http://a/").timeout(3s).build(),
                            Configuration().set_request_timeout(7s));
  REQUIRE(exchange.start());
  CHECK(exchange.transport.last_order().timeout == 3s);
  CHECK(exchange.is_deadline(exchange.transport.last_order().deadline, 3s));
  exchange.transport.give_back();
}

TEST_CASE("a response ends an exchange, with all that belongs to it") {
  ScriptedExchange exchange(get("http://a/x"));
  exchange.begin();
  exchange.transport.respond(404, Headers{{"x", "1"}}, "body");
  CHECK(exchange.events() == Events{"started id", "response id"});
  const Response& response = exchange.outcome().response();
  CHECK(response.status() == 404);
  CHECK(response.headers() == Headers{{"x", "1"}});
  CHECK(response.body() == "body");
  CHECK(response.url() == "http://a/x");
  CHECK(response.method() == "GET");
  CHECK(response.request_id() == "id");
  CHECK(response.callback_args() == CallbackArgs{{"k", 1}});
  CHECK(response.redirects().empty());
  CHECK(response.duration() == exchange.tasks().back().duration());
}

TEST_CASE("a task knows when its request was started and when that was over") {
  ScriptedExchange exchange(get("http://a/x"));
  exchange.begin();
  exchange.transport.respond(200);
  const RequestTask& at_start = exchange.tasks().front();
  CHECK(at_start.started_at());
  CHECK_FALSE(at_start.completed_at());
  CHECK_FALSE(at_start.duration());
  const RequestTask& at_end = exchange.tasks().back();
  CHECK(at_end.started_at() == at_start.started_at());
  CHECK(at_end.completed_at());
  CHECK(at_end.duration() >= 0ns);
}

TEST_CASE("a redirect is told, and followed by a hop with an id of its own") {
  ScriptedExchange exchange(get("http://a/1"));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  CHECK(exchange.events() == Events{"started id", "redirected id"});
  CHECK(exchange.transport.last_order().request_id == "id/2");
  CHECK(exchange.transport.last_order().request == get("http://a/2"));
  exchange.transport.start();
  exchange.transport.redirect_to("https://b/3");
  CHECK(exchange.transport.last_order().request_id == "id/3");
  CHECK(exchange.transport.last_order().origin == "https://b:443");
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.events() == Events{"started id", "redirected id", "started id/2",
                                    "redirected id/2", "started id/3", "response id/3"});
  const Response& response = exchange.outcome().response();
  CHECK(response.request_id() == "id");
  CHECK(response.url() == "https://b/3");
  CHECK(response.redirects() == std::vector<std::string>{"http://a/1", "http://a/2"});
}

TEST_CASE("each hop has times of its own") {
  ScriptedExchange exchange(get("http://a/1"));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.tasks()[1].completed_at());  // redirected id
  CHECK(exchange.tasks()[1].duration());
  CHECK_FALSE(exchange.tasks()[2].completed_at());  // started id/2
  CHECK_FALSE(exchange.tasks()[2].duration());
  CHECK(exchange.tasks()[3].duration() == exchange.outcome().response().duration());
}

TEST_CASE("an id of the application's that looks like that of a hop comes back as it is") {
  ScriptedExchange exchange(get("http://a/1"), {}, {.raise_error_responses = {}, .id = "job/2"});
  exchange.begin();
  SECTION("without a redirect") { exchange.transport.respond(200); }
  SECTION("with one") {
    exchange.transport.redirect_to("/2");
    CHECK(exchange.transport.last_order().request_id == "job/2/2");
    exchange.transport.start();
    exchange.transport.respond(200);
  }
  CHECK(exchange.outcome().response().request_id() == "job/2");
}

TEST_CASE("the tenth hop and those after it lose no digit of the id") {
  ScriptedExchange exchange(get("http://a/1"), Configuration().set_max_redirects(20));
  exchange.begin();
  for (int hop = 2; hop <= 12; ++hop) {
    exchange.transport.redirect_to("/" + std::to_string(hop));
    CHECK(exchange.transport.last_order().request_id == "id/" + std::to_string(hop));
    exchange.transport.start();
  }
  exchange.transport.respond(200);
  CHECK(exchange.outcome().response().request_id() == "id");
}

TEST_CASE("hard case 85: the deadline is one for all hops") {
  ScriptedExchange exchange(Request::get("http://a/1").timeout(5s).build());
  exchange.begin();
  const TimePoint deadline = exchange.transport.last_order().deadline;
  exchange.transport.redirect_to("/2");
  CHECK(exchange.transport.last_order().deadline == deadline);
  CHECK(exchange.transport.last_order().timeout == 5s);
  CHECK(exchange.transport.last_order().start_at == TimePoint::min());
  exchange.transport.start();
  exchange.transport.redirect_to("http://b/3");
  CHECK(exchange.transport.last_order().deadline == deadline);
  exchange.transport.give_back();
}

TEST_CASE("hard case 145: a closed transport refuses the start, and the listener hears nothing") {
  ScriptedExchange exchange(get("http://a/"));
  exchange.transport.close();
  CHECK_FALSE(exchange.start());
  CHECK(exchange.events().empty());
  CHECK_FALSE(exchange.has_outcome());
}

TEST_CASE("a redirect that finds the transport closed gives the task back") {
  ScriptedExchange exchange(get("http://a/1"));
  exchange.begin();
  exchange.transport.close();
  exchange.transport.redirect_to("/2");
  CHECK(exchange.events() == Events{"started id", "redirected id", "given back id/2"});
}

TEST_CASE("hard case 159: a redirect that cannot be prepared gives the task back") {
  ScriptedExchange exchange(get("http://a/1"));
  exchange.begin();
  SECTION("for lack of memory") { exchange.transport.break_with(std::bad_alloc()); }
  SECTION("because libcurl refuses") { exchange.transport.break_with(std::runtime_error("x")); }
  exchange.transport.redirect_to("/2");
  CHECK(exchange.outcome().is_retry());
}

TEST_CASE("what the transport throws at the start reaches who started") {
  ScriptedExchange exchange(get("http://a/"));
  exchange.transport.break_with(std::bad_alloc());
  CHECK_THROWS_AS(exchange.start(), std::bad_alloc);
  CHECK(exchange.events().empty());
}

TEST_CASE("hard case 143: what the transport gives back is given back, started or not") {
  ScriptedExchange exchange(get("http://a/"));
  REQUIRE(exchange.start());
  SECTION("not started") {
    exchange.transport.give_back();
    CHECK(exchange.events() == Events{"given back id"});
  }
  SECTION("started") {
    exchange.transport.start();
    exchange.transport.give_back();
    CHECK(exchange.events() == Events{"started id", "given back id"});
  }
  SECTION("in a later hop") {
    exchange.transport.start();
    exchange.transport.redirect_to("/2");
    exchange.transport.give_back();
    CHECK(exchange.events() == Events{"started id", "redirected id", "given back id/2"});
  }
}

TEST_CASE("hard case 104: a time-out in the queue is an error without a start") {
  ScriptedExchange exchange(get("http://a/"));
  REQUIRE(exchange.start());
  exchange.transport.fail({.type = ErrorType::timeout,
                           .code = ErrorCode::request_timeout,
                           .message = "request timed out after 60 s"});
  CHECK(exchange.events() == Events{"error id"});
  CHECK(exchange.outcome().summary() == "timeout request_timeout");
  CHECK(exchange.outcome().error().duration() == 0ns);
}

}  // namespace
}  // namespace async_http_pool
