#include "support/outcome.hpp"

namespace async_http_pool::test {

const Response& Outcome::response() const {
  if (const auto* response = std::get_if<Response>(&result_)) return *response;
  throw std::logic_error("expected a response, got " + describe());
}

const Error& Outcome::error() const { return error_as<Error>("an error"); }
const RequestError& Outcome::request_error() const {
  return error_as<RequestError>("a RequestError");
}
const HttpError& Outcome::http_error() const { return error_as<HttpError>("an HttpError"); }
const RedirectError& Outcome::redirect_error() const {
  return error_as<RedirectError>("a RedirectError");
}

template <typename T>
const T& Outcome::error_as(const char* wanted) const {
  if (const auto* error = std::get_if<std::shared_ptr<const Error>>(&result_)) {
    if (const auto* concrete = dynamic_cast<const T*>(error->get())) return *concrete;
  }
  throw std::logic_error(std::string("expected ") + wanted + ", got " + describe());
}

std::string Outcome::summary() const {
  if (is_retry()) return "retry";
  if (is_response()) return "response " + std::to_string(status());
  std::string text(to_string(error().error_type()));
  if (const auto* failure = dynamic_cast<const RequestError*>(&error())) {
    text.append(" ").append(to_string(failure->code()));
  }
  return text;
}

std::string Outcome::describe() const {
  std::string text = summary();
  if (is_error()) text += ": " + error().message();
  if (is_response()) text += ": " + response().body().substr(0, 200);
  return text;
}

}  // namespace async_http_pool::test
