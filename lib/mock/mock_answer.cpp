#include "mock/mock_answer_state.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

/// With which no server has seen anything of the request.
bool is_before_sending(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::connect_timeout:
    case ErrorCode::name_resolution:
    case ErrorCode::connection_refused:
    case ErrorCode::proxy_failure:
    case ErrorCode::tls_handshake:
    case ErrorCode::tls_verification:
    case ErrorCode::tls_configuration:
    case ErrorCode::request_body:
    case ErrorCode::forbidden_address:
    case ErrorCode::unsupported_option:
      return true;
    default:
      return false;
  }
}

/// An answer with `change` made to it; others that share it keep theirs.
template <typename State, typename Change>
std::shared_ptr<const State> changed(const State& state, Change change) {
  auto copy = std::make_shared<State>(state);
  change(copy->canned);
  return copy;
}

}  // namespace

MockAnswer::MockAnswer(int status) {
  constexpr int final_status_min = 200;
  constexpr int known_status_max = 599;
  if (status < final_status_min || status > known_status_max)
    throw std::invalid_argument(
        fmt::format("status of a mock answer must be between 200 and 599, got: {}", status));
  state_ = std::make_shared<State>(State{.canned = {.status = status}});
}

MockAnswer MockAnswer::failure(ErrorType type, ErrorCode code, std::string_view message) {
  MockAnswer answer(200);
  answer.state_ = changed(*answer.state_, [&](CannedAnswer& canned) {
    canned.has_head = false;
    canned.failure = TransferFailure{.type = type,
                                     .code = code,
                                     .message = std::string(message),
                                     .never_sent = is_before_sending(code)};
  });
  return answer;
}

MockAnswer& MockAnswer::header(std::string_view name, std::string_view value) {
  state_ = changed(*state_, [&](CannedAnswer& canned) { canned.headers.add(name, value); });
  return *this;
}

MockAnswer& MockAnswer::body(std::string_view bytes) { return pieces({std::string(bytes)}); }

MockAnswer& MockAnswer::json(const Value& value) {
  body(value.to_json());
  return state_->canned.headers.contains("content-type")
             ? *this
             : header("content-type", "application/json");
}

MockAnswer& MockAnswer::pieces(std::vector<std::string> pieces) {
  state_ = changed(*state_, [&](CannedAnswer& canned) { canned.pieces = std::move(pieces); });
  return *this;
}

MockAnswer& MockAnswer::trailer(std::string_view name, std::string_view value) {
  state_ = changed(*state_, [&](CannedAnswer& canned) { canned.trailers.add(name, value); });
  return *this;
}

MockAnswer& MockAnswer::delay(std::chrono::milliseconds value) {
  constexpr std::chrono::hours longest{24};
  if (value < std::chrono::milliseconds(0) || value > longest)
    throw std::invalid_argument(fmt::format(
        "delay of a mock answer must be between 0 and 24 hours, got: {} ms", value.count()));
  state_ = changed(*state_, [&](CannedAnswer& canned) { canned.delay = value; });
  return *this;
}

MockAnswer& MockAnswer::broken(bool value) {
  if (!state_->canned.has_head) return *this;  // it fails anyway, and sooner
  state_ = changed(*state_, [&](CannedAnswer& canned) {
    canned.failure.reset();
    if (!value) return;
    canned.failure = TransferFailure{.type = ErrorType::connection,
                                     .code = ErrorCode::truncated_response,
                                     .message = "mock broke the connection inside the response"};
  });
  return *this;
}

std::shared_ptr<const CannedAnswer> not_mocked(std::string message) {
  return std::make_shared<CannedAnswer>(
      CannedAnswer{.failure = TransferFailure{.type = ErrorType::unknown,
                                              .code = ErrorCode::not_mocked,
                                              .message = std::move(message),
                                              .never_sent = true},
                   .has_head = false});
}

}  // namespace async_http_pool
