#include "exchange/retry_policy.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TransferFailure failure_of(ErrorType type, bool never_sent = false) {
  return {
      .type = type, .code = ErrorCode::connection_lost, .message = "", .never_sent = never_sent};
}

/// A situation in which a lost connection is tried again.
RetrySituation good_situation() {
  return {.may_repeat = true,
          .retries_made = 0,
          .retries_max = 3,
          .first_delay = 100ms,
          .delay_max = 30s,
          .jitter = 0.0};
}

std::optional<milliseconds> decide(const TransferFailure& failure, const RetrySituation& situation,
                                   bool has_response_bytes = false) {
  return decide_retry(FailedAttempt{.failure = failure, .has_response_bytes = has_response_bytes},
                      situation);
}

TEST_CASE("time limits of one attempt are tried again, the task's own is final") {
  for (const ErrorCode code :
       {ErrorCode::connect_timeout, ErrorCode::first_byte_timeout, ErrorCode::idle_timeout,
        ErrorCode::attempt_timeout, ErrorCode::low_speed}) {
    INFO(to_string(code));
    TransferFailure failure = {.type = ErrorType::timeout, .code = code, .message = ""};
    RetrySituation situation = good_situation();
    CHECK(decide(failure, situation));
    CHECK_FALSE(decide(failure, situation, true));
    situation.may_repeat = false;
    CHECK_FALSE(decide(failure, situation));
    failure.never_sent = true;
    CHECK(decide(failure, situation));
  }
  const TransferFailure patience_over = {.type = ErrorType::timeout,
                                         .code = ErrorCode::request_timeout,
                                         .message = "",
                                         .never_sent = true};
  CHECK_FALSE(decide(patience_over, good_situation()));
}

TEST_CASE("only failures of the connection are tried again") {
  for (const ErrorType type : {ErrorType::timeout, ErrorType::ssl, ErrorType::response_too_large,
                               ErrorType::unknown, ErrorType::http_error, ErrorType::redirect}) {
    INFO(to_string(type));
    CHECK_FALSE(decide(failure_of(type), good_situation()));
    CHECK_FALSE(decide(failure_of(type, true), good_situation()));
  }
  CHECK(decide(failure_of(ErrorType::connection), good_situation()));
}

TEST_CASE("a connection that died while it was idle costs no pause, a second one does") {
  TransferFailure failure = failure_of(ErrorType::connection);
  failure.is_stale_connection = true;
  RetrySituation situation = good_situation();
  situation.jitter = 0.5;
  CHECK(decide(failure, situation) == 0ms);
  situation.retries_made = 1;
  CHECK(decide(failure, situation) == 100ms);
  situation.may_repeat = false;
  CHECK_FALSE(decide(failure, situation));
}

TEST_CASE("what a proxy refused is not tried again") {
  TransferFailure failure = failure_of(ErrorType::connection, true);
  failure.code = ErrorCode::proxy_failure;
  CHECK(decide(failure, good_situation()));  // it could not be reached, say
  failure.is_refusal = true;
  CHECK_FALSE(decide(failure, good_situation()));
}

TEST_CASE("a request is tried again when that is harmless") {
  struct Row {
    bool may_repeat;
    bool never_sent;
    bool has_response_bytes;
    bool is_retried;
  };
  for (const Row& row :
       {Row{true, false, false, true}, Row{true, true, false, true}, Row{false, true, false, true},
        Row{false, false, false, false}, Row{true, false, true, false},
        Row{true, true, true, false}, Row{false, true, true, false}}) {
    INFO(row.may_repeat << row.never_sent << row.has_response_bytes);
    RetrySituation situation = good_situation();
    situation.may_repeat = row.may_repeat;
    const auto delay = decide(failure_of(ErrorType::connection, row.never_sent), situation,
                              row.has_response_bytes);
    CHECK(delay.has_value() == row.is_retried);
  }
}

TEST_CASE("a request may be repeated by its method, by its idempotency key, or by permission") {
  for (const std::string method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    INFO(method);
    CHECK(may_repeat(Request::builder(method, "http://a/").build(), RepeatPermission::by_method));
  }
  for (const std::string method : {"POST", "PATCH", "REPORT", "Get"}) {
    INFO(method);
    const auto of = [&](std::string_view name, std::string_view value,
                        RepeatPermission permission) {
      const Request request = Request::builder(method, "http://a/").header(name, value).build();
      return may_repeat(request, permission);
    };
    const bool is_get = method == "Get";  // in any case of letters, that is GET
    CHECK(of("x", "y", RepeatPermission::by_method) == is_get);
    CHECK(of("x", "y", RepeatPermission::granted));
    CHECK(of("Idempotency-Key", "k", RepeatPermission::by_method));
    CHECK(of("idempotency-key", "", RepeatPermission::by_method) == is_get);
    CHECK(of("x-idempotency-key", "k", RepeatPermission::by_method) == is_get);
  }
}

TEST_CASE("retries are the attempts after the first") {
  for (const auto& [made, max, is_retried] :
       {std::tuple(0, 0, false), std::tuple(0, 1, true), std::tuple(1, 1, false),
        std::tuple(2, 3, true), std::tuple(3, 3, false), std::tuple(99, 100, true),
        std::tuple(100, 100, false)}) {
    INFO(made << " of " << max);
    RetrySituation situation = good_situation();
    situation.retries_made = made;
    situation.retries_max = max;
    CHECK(decide(failure_of(ErrorType::connection), situation).has_value() == is_retried);
    const AnsweredAttempt unavailable = {
        .status = 503, .headers = {}, .retry_statuses = {503}, .now = {}};
    CHECK(decide_retry(unavailable, situation).has_value() == is_retried);
  }
}

milliseconds delay_of(int retries_made, milliseconds first_delay, double jitter,
                      milliseconds delay_max = 30s) {
  RetrySituation situation = good_situation();
  situation.retries_made = retries_made;
  situation.retries_max = 1000;
  situation.first_delay = first_delay;
  situation.delay_max = delay_max;
  situation.jitter = jitter;
  return decide(failure_of(ErrorType::connection), situation).value();
}

constexpr double almost_one = 0.9999999;

TEST_CASE("the longest pause doubles with each retry, up to the longest of all") {
  struct Row {
    int retries_made;
    milliseconds first_delay;
    milliseconds delay_max;
    milliseconds longest;
  };
  for (const Row& row :
       {Row{0, 100ms, 30s, 100ms}, Row{1, 100ms, 30s, 200ms}, Row{2, 100ms, 30s, 400ms},
        Row{8, 100ms, 30s, 25'600ms}, Row{9, 100ms, 30s, 30s}, Row{99, 100ms, 30s, 30s},
        Row{999, 2ms, 30s, 30s}, Row{0, 1ms, 30s, 1ms}, Row{0, 30s, 30s, 30s}, Row{0, 1h, 30s, 30s},
        Row{50, milliseconds::max(), 30s, 30s}, Row{3, 1s, 5s, 5s}, Row{0, 100ms, 1ms, 1ms},
        Row{99, 1ms, 87600h, 87600h}}) {
    INFO(row.retries_made << " " << row.first_delay.count());
    CHECK(delay_of(row.retries_made, row.first_delay, 0.0, row.delay_max) == 0ms);
    const milliseconds longest =
        delay_of(row.retries_made, row.first_delay, almost_one, row.delay_max);
    CHECK(longest <= row.longest);
    CHECK(longest >= row.longest - row.longest / 1'000'000 - 1ms);
  }
}

TEST_CASE("the pause is spread evenly from 0 to the longest (full jitter)") {
  CHECK(delay_of(0, 1000ms, 0.0) == 0ms);
  CHECK(delay_of(0, 1000ms, 0.25) == 250ms);
  CHECK(delay_of(0, 1000ms, 0.5) == 500ms);
  CHECK(delay_of(1, 1000ms, 0.75) == 1500ms);
  CHECK(delay_of(0, 1ms, 0.001) == 1ms);  // rounded up: else 1 ms would be no pause ever
}

}  // namespace
}  // namespace async_http_pool
