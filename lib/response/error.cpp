#include <async_http_pool/error.hpp>

#include <utility>

namespace async_http_pool {

std::string_view to_string(ErrorType type) noexcept {
  switch (type) {
    case ErrorType::timeout:
      return "timeout";
    case ErrorType::connection:
      return "connection";
    case ErrorType::ssl:
      return "ssl";
    case ErrorType::response_too_large:
      return "response_too_large";
    case ErrorType::http_error:
      return "http_error";
    case ErrorType::redirect:
      return "redirect";
    case ErrorType::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::none:
      return "none";
    case ErrorCode::request_timeout:
      return "request_timeout";
    case ErrorCode::connect_timeout:
      return "connect_timeout";
    case ErrorCode::first_byte_timeout:
      return "first_byte_timeout";
    case ErrorCode::idle_timeout:
      return "idle_timeout";
    case ErrorCode::attempt_timeout:
      return "attempt_timeout";
    case ErrorCode::low_speed:
      return "low_speed";
    case ErrorCode::name_resolution:
      return "name_resolution";
    case ErrorCode::connection_refused:
      return "connection_refused";
    case ErrorCode::connection_lost:
      return "connection_lost";
    case ErrorCode::response_lost:
      return "response_lost";
    case ErrorCode::truncated_response:
      return "truncated_response";
    case ErrorCode::proxy_failure:
      return "proxy_failure";
    case ErrorCode::tls_handshake:
      return "tls_handshake";
    case ErrorCode::tls_verification:
      return "tls_verification";
    case ErrorCode::tls_configuration:
      return "tls_configuration";
    case ErrorCode::body_too_large:
      return "body_too_large";
    case ErrorCode::headers_too_large:
      return "headers_too_large";
    case ErrorCode::stream_refused:
      return "stream_refused";
    case ErrorCode::request_body:
      return "request_body";
    case ErrorCode::content_decoding:
      return "content_decoding";
    case ErrorCode::protocol_violation:
      return "protocol_violation";
    case ErrorCode::unsafe_redirect:
      return "unsafe_redirect";
    case ErrorCode::forbidden_address:
      return "forbidden_address";
    case ErrorCode::unsupported_option:
      return "unsupported_option";
    case ErrorCode::out_of_resources:
      return "out_of_resources";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::not_mocked:
      return "not_mocked";
    case ErrorCode::internal:
      break;
  }
  return "internal";
}

struct Error::State {
  ErrorType type;
  std::string message;
  ErrorContext context;
};

Error::Error(ErrorType type, std::string message, ErrorContext context)
    : state_(std::make_shared<const State>(State{type, std::move(message), std::move(context)})) {}

Error::Error(const Error&) noexcept = default;
Error& Error::operator=(const Error&) noexcept = default;
Error::~Error() = default;

const std::string& Error::message() const noexcept { return state_->message; }
ErrorType Error::error_type() const noexcept { return state_->type; }
const std::string& Error::url() const noexcept { return state_->context.url; }
const std::string& Error::method() const noexcept { return state_->context.method; }
const std::string& Error::request_id() const noexcept { return state_->context.request_id; }
std::chrono::nanoseconds Error::duration() const noexcept { return state_->context.duration; }
const CallbackArgs& Error::callback_args() const noexcept { return state_->context.callback_args; }
const Metrics& Error::metrics() const noexcept { return state_->context.metrics; }
std::exception_ptr Error::cause() const noexcept { return state_->context.cause; }

}  // namespace async_http_pool
