// Exchanges whose final response is handed on as it comes.
#include "exchange/exchange.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/cookie_jar.hpp>
#include "agent/transfer_remote.hpp"
#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::ScriptedExchange;
using Events = ScriptedExchange::Events;

Request get(const std::string& url) { return Request::get(url).build(); }

TransferFailure lost() {
  return {.type = ErrorType::connection, .code = ErrorCode::connection_lost, .message = "lost"};
}

/// A source that counts how often it is asked to start again.
class RewoundSource final : public BodySource {
 public:
  explicit RewoundSource(bool can_rewind) : can_rewind_(can_rewind) {}
  std::optional<std::size_t> read(std::span<char>) override { return 0; }
  bool rewind() override {
    ++rewinds;
    return can_rewind_;
  }
  int rewinds = 0;

 private:
  bool can_rewind_;
};

TEST_CASE("a streamed exchange tells of the head, the bytes and the end, in this order") {
  ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"));
  exchange.begin();
  CHECK(exchange.transport.last_order().streams_body);
  REQUIRE(exchange.transport.head(404, Headers{{"x", "1"}}));
  exchange.transport.stream("he");
  exchange.transport.stream("llo");
  exchange.transport.end_stream(Headers{{"t", "2"}});
  CHECK(exchange.events() ==
        Events{"started id", "head 404", "stream id", "bytes id", "bytes id", "end id"});
  CHECK(exchange.head().status == 404);
  CHECK(exchange.head().headers == Headers{{"x", "1"}});
  CHECK(exchange.head().metrics.attempts == 1);
  CHECK(exchange.streamed() == "hello");
  CHECK(exchange.trailers() == Headers{{"t", "2"}});
  CHECK(exchange.metrics().attempts == 1);
}

TEST_CASE("an exchange that does not stream is asked for no sink, and has no remote") {
  ScriptedExchange exchange(get("http://a/x"));
  exchange.begin();
  CHECK_FALSE(exchange.transport.last_order().streams_body);
  CHECK(exchange.remote() == nullptr);
  CHECK(exchange.transport.last_order().remote == nullptr);
  exchange.transport.give_back();
}

TEST_CASE("what is not the final response is not streamed") {
  const auto is_streamed = [](int status, const Headers& headers,
                              const Configuration& configuration) {
    ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"), configuration);
    exchange.begin();
    const bool result = exchange.transport.head(status, headers);
    exchange.transport.give_back();
    return result;
  };
  const Configuration plain;
  CHECK(is_streamed(200, {}, plain));
  CHECK(is_streamed(503, {}, plain));
  CHECK(is_streamed(304, {}, plain));
  CHECK_FALSE(is_streamed(302, Headers{{"location", "/y"}}, plain));
  CHECK(is_streamed(302, {}, plain));  // leads nowhere, so it is the answer
  CHECK(is_streamed(302, Headers{{"location", "/y"}}, Configuration().set_max_redirects(0)));
  CHECK_FALSE(is_streamed(302, Headers{{"location", "ftp://a/"}}, plain));  // refused
  Configuration raising;
  raising.set_raise_error_responses(true);
  CHECK_FALSE(is_streamed(404, {}, raising));
  CHECK(is_streamed(204, {}, raising));
  Configuration retrying;
  retrying.set_request_config(RequestConfig().set_retry_statuses({503}));
  CHECK_FALSE(is_streamed(503, {}, retrying));
  CHECK(is_streamed(502, {}, retrying));
}

TEST_CASE("the response behind a redirect is streamed, by the same remote") {
  ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"));
  exchange.begin();
  const auto remote = exchange.transport.last_order().remote;
  REQUIRE(remote != nullptr);
  CHECK_FALSE(exchange.transport.head(302, Headers{{"location", "http://b/y"}}));
  exchange.transport.redirect_to("http://b/y");
  CHECK(exchange.transport.last_order().remote == remote);
  exchange.transport.start();
  REQUIRE(exchange.transport.head(200));
  exchange.transport.stream("x");
  exchange.transport.end_stream();
  CHECK(exchange.events() == Events{"started id", "redirected id", "started id/2", "head 200",
                                    "stream id/2", "bytes id/2", "end id/2"});
}

TEST_CASE("a stream that breaks is an error, and not tried again") {
  ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"));
  exchange.begin();
  REQUIRE(exchange.transport.head(200));
  exchange.transport.break_stream(lost());
  CHECK(exchange.outcome().error().message() == "lost");
  CHECK_FALSE(exchange.transport.is_busy());
}

TEST_CASE("before its head a streamed exchange is tried again as any other") {
  ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"));
  exchange.begin();
  exchange.transport.fail(lost());
  REQUIRE(exchange.transport.is_busy());
  exchange.transport.start();
  REQUIRE(exchange.transport.head(200));
  CHECK(exchange.head().metrics.attempts == 2);
  exchange.transport.end_stream();
}

TEST_CASE("what the application cancelled is not tried again") {
  ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/x"));
  exchange.begin();
  exchange.transport.fail(
      {.code = ErrorCode::cancelled, .message = "cancelled", .never_sent = true});
  CHECK(exchange.outcome().error().message() == "cancelled");
}

TEST_CASE("the cookies of a streamed response are kept when it begins") {
  const auto jar = std::make_shared<CookieJar>();
  ScriptedExchange exchange =
      ScriptedExchange::streaming(get("http://a.example/x"), Configuration().set_cookie_jar(jar));
  exchange.begin();
  REQUIRE(exchange.transport.head(200, Headers{{"set-cookie", "b=2"}}, {"a=1"}));
  CHECK(jar->cookies().size() == 2);
  exchange.transport.give_back();
}

TEST_CASE("the time of a stream is its own, from the beginning of the request") {
  Configuration configuration;
  configuration.set_request_timeout(7s);
  SECTION("none") {
    ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/"), configuration);
    REQUIRE(exchange.start());
    CHECK(exchange.is_deadline(exchange.transport.last_order().deadline, 7s));
    CHECK(exchange.transport.last_order().stream_deadline == TimePoint::max());
    exchange.transport.give_back();
  }
  SECTION("some") {
    configuration.set_request_config(RequestConfig().set_stream_timeout(9s));
    ScriptedExchange exchange = ScriptedExchange::streaming(get("http://a/"), configuration);
    REQUIRE(exchange.start());
    CHECK(exchange.is_deadline(exchange.transport.last_order().stream_deadline, 9s));
    CHECK(exchange.transport.last_order().stream_timeout == 9s);
    exchange.transport.give_back();
  }
}

TEST_CASE("a source that was read from is rewound before another attempt, or there is none") {
  const auto put = [](const std::shared_ptr<BodySource>& source) {
    return Request::put("http://a/x").body_source(source).build();
  };
  SECTION("it can") {
    const auto source = std::make_shared<RewoundSource>(true);
    ScriptedExchange exchange(put(source));
    exchange.begin();
    CHECK(exchange.transport.last_order().remote != nullptr);
    exchange.transport.fail_after_reading(lost());
    CHECK(exchange.transport.is_busy());
    CHECK(source->rewinds == 1);
    exchange.transport.give_back();
  }
  SECTION("it cannot") {
    const auto source = std::make_shared<RewoundSource>(false);
    ScriptedExchange exchange(put(source));
    exchange.begin();
    exchange.transport.fail_after_reading(lost());
    CHECK(exchange.outcome().error().message() == "lost");
    CHECK(source->rewinds == 1);
  }
  SECTION("it was not read from") {
    const auto source = std::make_shared<RewoundSource>(false);
    ScriptedExchange exchange(put(source));
    exchange.begin();
    exchange.transport.fail(lost());
    CHECK(exchange.transport.is_busy());
    CHECK(source->rewinds == 0);
    exchange.transport.give_back();
  }
}

TEST_CASE("what a source threw is the cause of the error") {
  ScriptedExchange exchange(get("http://a/"));
  exchange.begin();
  exchange.transport.fail({.code = ErrorCode::request_body,
                           .message = "request body: no",
                           .cause = std::make_exception_ptr(std::runtime_error("no"))});
  const std::exception_ptr cause = exchange.outcome().error().cause();
  REQUIRE(cause != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(cause), std::runtime_error);
}

}  // namespace
}  // namespace async_http_pool
