// Whose the source of a body is, when several exchanges have requests with the same one.
#include "exchange/exchange.hpp"

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>

#include <async_http_pool/body_source.hpp>
#include "agent/transfer_remote.hpp"
#include "request/body_source_use.hpp"
#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using test::ScriptedExchange;

/// Counts what is asked of it, and sees who has it when it is closed.
class CountingSource final : public BodySource {
 public:
  std::optional<std::size_t> read(std::span<char> /*buffer*/) override { return 0; }
  bool rewind() override {
    ++rewinds;
    return true;
  }
  void close() noexcept override {
    ++closes;
    was_free_when_closed = BodySourceUse::claim(*this, nullptr);
  }
  int rewinds = 0;
  int closes = 0;
  bool was_free_when_closed = false;
};

Request put(const std::shared_ptr<BodySource>& source) {
  return Request::put("http://a/x").body_source(source).build();
}

bool is_free(BodySource& source) { return BodySourceUse::claim(source, nullptr); }

TransferFailure lost() {
  return {.type = ErrorType::connection, .code = ErrorCode::connection_lost, .message = "lost"};
}

/// As a `SourceBuffer` fails that could not claim its source.
TransferFailure in_use() {
  return {.code = ErrorCode::request_body, .message = "in use", .never_sent = true};
}

TEST_CASE("an exchange has its source from the beginning, through retries and redirects") {
  const auto source = std::make_shared<CountingSource>();
  ScriptedExchange exchange(put(source));
  CHECK_FALSE(is_free(*source));
  exchange.begin();
  CHECK(BodySourceUse::claim(*source, exchange.transport.last_order().remote.get()));
  exchange.transport.fail_after_reading(lost());
  REQUIRE(exchange.transport.is_busy());  // until its time has come
  CHECK_FALSE(is_free(*source));
  exchange.transport.start();
  exchange.transport.redirect_to("/y", 307);
  REQUIRE(exchange.transport.is_busy());
  CHECK_FALSE(is_free(*source));
  CHECK(source->closes == 0);
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(is_free(*source));
  CHECK(source->closes == 1);
  CHECK_FALSE(source->was_free_when_closed);
}

TEST_CASE("an exchange neither closes nor rewinds nor releases the source of another one") {
  const auto source = std::make_shared<CountingSource>();
  ScriptedExchange first(put(source));
  first.begin();
  BodySourceUse::note_read(*source);
  {
    ScriptedExchange second(put(source));
    second.begin();
    SECTION("it fails") {
      second.transport.fail(in_use());
      CHECK(second.outcome().error().message() == "in use");  // not tried again: no rewind
    }
    SECTION("it is given back") { second.transport.give_back(); }
    SECTION("it is sent elsewhere, with the body") {
      second.transport.redirect_to("/y", 307);
      CHECK(second.outcome().summary() == "unknown request_body");
    }
    SECTION("it is sent elsewhere, without the body") {
      second.transport.redirect_to("/y", 303);
      second.transport.start();
      second.transport.respond(200);
    }
  }
  CHECK(source->rewinds == 0);
  CHECK(source->closes == 0);
  CHECK_FALSE(is_free(*source));
  first.transport.respond(200);
  CHECK(source->closes == 1);
  CHECK(is_free(*source));
}

TEST_CASE("whatever the outcome, the source is closed and free again") {
  const auto source = std::make_shared<CountingSource>();
  ScriptedExchange exchange = ScriptedExchange::streaming(put(source));
  exchange.begin();
  SECTION("a stream that ends") {
    REQUIRE(exchange.transport.head(200));
    CHECK(source->closes == 0);  // the upload may go on
    exchange.transport.end_stream();
  }
  SECTION("a stream that breaks") {
    REQUIRE(exchange.transport.head(200));
    exchange.transport.break_stream(lost());
  }
  SECTION("a failure before anything was sent") {
    exchange.transport.fail({.code = ErrorCode::internal, .message = "no"});
  }
  SECTION("a redirect too many") { exchange.transport.redirect_to("http://a/x", 307); }
  SECTION("given back") { exchange.transport.give_back(); }
  SECTION("given back in the middle") {
    exchange.transport.close();
    exchange.transport.fail_after_reading(lost());
  }
  CHECK(source->closes == 1);
  CHECK(is_free(*source));
}

TEST_CASE("a redirect that drops the body closes its source, which another one may have then") {
  const auto source = std::make_shared<CountingSource>();
  ScriptedExchange first(put(source));
  first.begin();
  first.transport.redirect_to("/y", 303);
  CHECK(source->closes == 1);
  ScriptedExchange second(put(source));
  CHECK_FALSE(is_free(*source));
  first.transport.start();
  first.transport.respond(200);
  CHECK(source->closes == 1);
  CHECK_FALSE(is_free(*source));
}

TEST_CASE("an exchange that is not started leaves its source as it was") {
  const auto source = std::make_shared<CountingSource>();
  {
    ScriptedExchange exchange(put(source));
    SECTION("never") {}
    SECTION("because its transport is closed") {
      exchange.transport.close();
      CHECK_FALSE(exchange.start());
    }
    SECTION("because it cannot be prepared") {
      exchange.transport.break_with(std::runtime_error("no"));
      CHECK_THROWS(exchange.start());
    }
  }
  CHECK(is_free(*source));
  CHECK(source->closes == 0);
}

}  // namespace
}  // namespace async_http_pool
