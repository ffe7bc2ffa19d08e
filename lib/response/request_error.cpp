#include <async_http_pool/error.hpp>

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {
namespace {

ErrorType checked(ErrorType type) {
  if (type == ErrorType::http_error || type == ErrorType::redirect) {
    throw std::invalid_argument(
        fmt::format("a request error cannot be of type {}", to_string(type)));
  }
  return type;
}

}  // namespace

RequestError::RequestError(ErrorType type, ErrorCode code, std::string message,
                           ErrorContext context)
    : Error(checked(type), std::move(message), std::move(context)), code_(code) {}

RequestError::~RequestError() = default;

std::string_view RequestError::error_class() const noexcept {
  return "AsyncHttpPool::RequestError";
}

std::unique_ptr<Error> RequestError::clone() const { return std::make_unique<RequestError>(*this); }

}  // namespace async_http_pool
