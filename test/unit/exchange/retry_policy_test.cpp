#include "exchange/retry_policy.hpp"

#include <chrono>
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
  return {.is_idempotent = true,
          .has_response_bytes = false,
          .retries_made = 0,
          .retries_max = 3,
          .first_delay = 100ms,
          .jitter = 0.0};
}

TEST_CASE("only failures of the connection are tried again") {
  for (const ErrorType type : {ErrorType::timeout, ErrorType::ssl, ErrorType::response_too_large,
                               ErrorType::unknown, ErrorType::http_error, ErrorType::redirect}) {
    INFO(to_string(type));
    CHECK_FALSE(decide_retry(failure_of(type), good_situation()));
    CHECK_FALSE(decide_retry(failure_of(type, true), good_situation()));
  }
  CHECK(decide_retry(failure_of(ErrorType::connection), good_situation()));
}

TEST_CASE("what a proxy refused is not tried again") {
  TransferFailure failure = failure_of(ErrorType::connection, true);
  failure.code = ErrorCode::proxy_failure;
  CHECK_FALSE(decide_retry(failure, good_situation()));
}

TEST_CASE("a request is tried again when that is harmless") {
  struct Row {
    bool is_idempotent;
    bool never_sent;
    bool has_response_bytes;
    bool is_retried;
  };
  for (const Row& row :
       {Row{true, false, false, true}, Row{true, true, false, true}, Row{false, true, false, true},
        Row{false, false, false, false}, Row{true, false, true, false},
        Row{true, true, true, false}, Row{false, true, true, false}}) {
    INFO(row.is_idempotent << row.never_sent << row.has_response_bytes);
    RetrySituation situation = good_situation();
    situation.is_idempotent = row.is_idempotent;
    situation.has_response_bytes = row.has_response_bytes;
    const auto delay = decide_retry(failure_of(ErrorType::connection, row.never_sent), situation);
    CHECK(delay.has_value() == row.is_retried);
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
    CHECK(decide_retry(failure_of(ErrorType::connection), situation).has_value() == is_retried);
  }
}

milliseconds delay_of(int retries_made, milliseconds first_delay, double jitter) {
  RetrySituation situation = good_situation();
  situation.retries_made = retries_made;
  situation.retries_max = 1000;
  situation.first_delay = first_delay;
  situation.jitter = jitter;
  return decide_retry(failure_of(ErrorType::connection), situation).value();
}

constexpr double almost_one = 0.999999;

TEST_CASE("the pause doubles with each retry up to half a minute") {
  struct Row {
    int retries_made;
    milliseconds first_delay;
    milliseconds longest;
  };
  for (const Row& row :
       {Row{0, 100ms, 100ms}, Row{1, 100ms, 200ms}, Row{2, 100ms, 400ms}, Row{8, 100ms, 25'600ms},
        Row{9, 100ms, 30s}, Row{99, 100ms, 30s}, Row{999, 2ms, 30s}, Row{0, 2ms, 2ms},
        Row{0, 30s, 30s}, Row{0, 1h, 30s}, Row{50, milliseconds::max(), 30s}}) {
    INFO(row.retries_made << " " << row.first_delay.count());
    CHECK(delay_of(row.retries_made, row.first_delay, 0.0) == row.longest / 2);
    const milliseconds longest = delay_of(row.retries_made, row.first_delay, almost_one);
    CHECK(longest <= row.longest);
    CHECK(longest >= row.longest - 1ms);
  }
}

TEST_CASE("the pause is spread over its upper half by the jitter") {
  CHECK(delay_of(0, 1000ms, 0.0) == 500ms);
  CHECK(delay_of(0, 1000ms, 0.25) == 625ms);
  CHECK(delay_of(0, 1000ms, 0.5) == 750ms);
}

TEST_CASE("the pause is never shorter than half, whatever is lost by rounding") {
  for (const milliseconds first_delay : {1ms, 3ms, 5ms, 101ms}) {
    INFO(first_delay.count());
    CHECK(delay_of(0, first_delay, 0.0) * 2 >= first_delay);
    CHECK(delay_of(0, first_delay, almost_one) <= first_delay);
  }
}

}  // namespace
}  // namespace async_http_pool
