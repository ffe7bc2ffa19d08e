#include <async_http_pool/error.hpp>

#include <utility>

#include <fmt/format.h>

#include "http/url.hpp"

namespace async_http_pool {
namespace {

std::string describe_too_many(const ErrorContext& context,
                              const std::vector<std::string>& redirects) {
  return fmt::format("Too many redirects ({}) while requesting {} {}", redirects.size(),
                     context.method,
                     redact_url(redirects.empty() ? context.url : redirects.front()));
}

std::string describe_recursive(const ErrorContext& context) {
  return fmt::format("Recursive redirect detected: {} was already visited in redirect chain",
                     redact_url(context.url));
}

}  // namespace

RedirectError::RedirectError(std::string message, ErrorContext context,
                             std::vector<std::string> redirects)
    : Error(ErrorType::redirect, std::move(message), std::move(context)),
      redirects_(std::make_shared<const std::vector<std::string>>(std::move(redirects))) {}

RedirectError::~RedirectError() = default;

const std::vector<std::string>& RedirectError::redirects() const noexcept { return *redirects_; }

TooManyRedirectsError::TooManyRedirectsError(const ErrorContext& context,
                                             const std::vector<std::string>& redirects)
    : RedirectError(describe_too_many(context, redirects), context, redirects) {}

TooManyRedirectsError::~TooManyRedirectsError() = default;

std::string_view TooManyRedirectsError::error_class() const noexcept {
  return "AsyncHttpPool::TooManyRedirectsError";
}

std::unique_ptr<Error> TooManyRedirectsError::clone() const {
  return std::make_unique<TooManyRedirectsError>(*this);
}

RecursiveRedirectError::RecursiveRedirectError(const ErrorContext& context,
                                               std::vector<std::string> redirects)
    : RedirectError(describe_recursive(context), context, std::move(redirects)) {}

RecursiveRedirectError::~RecursiveRedirectError() = default;

std::string_view RecursiveRedirectError::error_class() const noexcept {
  return "AsyncHttpPool::RecursiveRedirectError";
}

std::unique_ptr<Error> RecursiveRedirectError::clone() const {
  return std::make_unique<RecursiveRedirectError>(*this);
}

}  // namespace async_http_pool
