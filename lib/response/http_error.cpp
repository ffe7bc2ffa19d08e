#include <async_http_pool/error.hpp>

#include <utility>

#include <fmt/format.h>

#include "http/url.hpp"

namespace async_http_pool {
namespace {

std::string describe(const Response& response) {
  return fmt::format("HTTP {} response from {} {}", response.status(), response.method(),
                     redact_url(response.url()));
}

ErrorContext context_of(const Response& response) {
  return {.url = response.url(),
          .method = response.method(),
          .request_id = response.request_id(),
          .duration = response.duration(),
          .callback_args = response.callback_args(),
          .metrics = response.metrics()};
}

}  // namespace

std::unique_ptr<HttpError> HttpError::create(Response response) {
  // The constructors are protected: make_unique cannot reach them.
  if (response.is_client_error())
    return std::unique_ptr<HttpError>(new ClientError(std::move(response)));
  if (response.is_server_error())
    return std::unique_ptr<HttpError>(new ServerError(std::move(response)));
  return std::unique_ptr<HttpError>(new HttpError(std::move(response)));
}

HttpError::HttpError(Response response)
    : Error(ErrorType::http_error, describe(response), context_of(response)),
      response_(std::move(response)) {}

HttpError::~HttpError() = default;
ClientError::~ClientError() = default;
ServerError::~ServerError() = default;

std::string_view HttpError::error_class() const noexcept { return "AsyncHttpPool::HttpError"; }
std::string_view ClientError::error_class() const noexcept { return "AsyncHttpPool::ClientError"; }
std::string_view ServerError::error_class() const noexcept { return "AsyncHttpPool::ServerError"; }

std::unique_ptr<Error> HttpError::clone() const { return std::make_unique<HttpError>(*this); }
std::unique_ptr<Error> ClientError::clone() const { return std::make_unique<ClientError>(*this); }
std::unique_ptr<Error> ServerError::clone() const { return std::make_unique<ServerError>(*this); }

}  // namespace async_http_pool
