#include <async_http_pool/error.hpp>

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "response/request_error_access.hpp"

namespace async_http_pool {

struct RequestError::Origin {
  std::string class_name;
  std::vector<std::string> backtrace;
};

namespace {

ErrorType checked(ErrorType type) {
  if (type == ErrorType::http_error || type == ErrorType::redirect) {
    throw std::invalid_argument(
        fmt::format("a request error cannot be of type {}", to_string(type)));
  }
  return type;
}

std::string_view own_class_name(ErrorType type) noexcept {
  switch (type) {
    case ErrorType::timeout:
      return "AsyncHttpPool::TimeoutError";
    case ErrorType::connection:
      return "AsyncHttpPool::ConnectionError";
    case ErrorType::ssl:
      return "AsyncHttpPool::SslError";
    case ErrorType::response_too_large:
      return "AsyncHttpPool::ResponseTooLargeError";
    // A RequestError is never one of these two.
    case ErrorType::http_error:
    case ErrorType::redirect:
    case ErrorType::unknown:
      break;
  }
  return "AsyncHttpPool::UnknownError";
}

}  // namespace

RequestError::RequestError(ErrorType type, ErrorCode code, std::string message,
                           ErrorContext context)
    : Error(checked(type), std::move(message), std::move(context)), code_(code) {}

RequestError::RequestError(ErrorType type, ErrorCode code, std::string message,
                           ErrorContext context, Origin origin)
    : Error(checked(type), std::move(message), std::move(context)),
      code_(code),
      origin_(std::make_shared<const Origin>(std::move(origin))) {}

RequestError RequestErrorAccess::make(ErrorType type, ErrorCode code, std::string message,
                                      ErrorContext context, Origin origin) {
  return {type, code, std::move(message), std::move(context),
          RequestError::Origin{std::move(origin.class_name), std::move(origin.backtrace)}};
}

RequestError::~RequestError() = default;

std::string_view RequestError::error_class() const noexcept {
  return "AsyncHttpPool::RequestError";
}

std::string_view RequestError::class_name() const noexcept {
  return origin_ == nullptr ? own_class_name(error_type()) : std::string_view(origin_->class_name);
}

const std::vector<std::string>& RequestError::backtrace() const noexcept {
  static const std::vector<std::string> none;
  return origin_ == nullptr ? none : origin_->backtrace;
}

std::unique_ptr<Error> RequestError::clone() const { return std::make_unique<RequestError>(*this); }

}  // namespace async_http_pool
