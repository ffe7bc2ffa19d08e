#pragma once

#include <async_http_pool/error.hpp>
#include <async_http_pool/response.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

namespace async_http_pool::test {

/// How a task ended: what its handler was told, with what, and on which thread. A value.
class Outcome {
 public:
  /// What the handler was given.
  struct GivenBack {};
  using Result = std::variant<Response, std::shared_ptr<const Error>, GivenBack>;

  Outcome(Result result, std::string_view callback)
      : result_(std::move(result)), callback_(callback), thread_(std::this_thread::get_id()) {}

  [[nodiscard]] bool is_response() const noexcept {
    return std::holds_alternative<Response>(result_);
  }
  [[nodiscard]] bool is_error() const noexcept { return result_.index() == 1; }
  [[nodiscard]] bool is_retry() const noexcept {
    return std::holds_alternative<GivenBack>(result_);
  }

  // Each throws `std::logic_error` with what it was instead, which Catch2 shows.
  [[nodiscard]] const Response& response() const;
  [[nodiscard]] const Error& error() const;
  [[nodiscard]] const RequestError& request_error() const;
  [[nodiscard]] const HttpError& http_error() const;
  [[nodiscard]] const RedirectError& redirect_error() const;

  [[nodiscard]] int status() const { return response().status(); }
  [[nodiscard]] const std::string& body() const { return response().body(); }
  [[nodiscard]] ErrorType error_type() const { return error().error_type(); }
  [[nodiscard]] ErrorCode error_code() const { return request_error().code(); }
  /// "timeout request_timeout", "ssl tls_verification", "redirect", "response 200", "retry": for
  /// tables.
  [[nodiscard]] std::string summary() const;

  [[nodiscard]] const std::string& callback() const noexcept { return callback_; }
  [[nodiscard]] std::thread::id thread() const noexcept { return thread_; }

 private:
  template <typename T>
  [[nodiscard]] const T& error_as(const char* wanted) const;
  [[nodiscard]] std::string describe() const;

  Result result_;
  std::string callback_;
  std::thread::id thread_;
};

}  // namespace async_http_pool::test
