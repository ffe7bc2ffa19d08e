#include <async_http_pool/error.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

Response response_of(int status, std::string url = "https://x/y") {
  ResponseParts parts;
  parts.status = status;
  parts.url = std::move(url);
  parts.method = "GET";
  parts.request_id = "r-1";
  parts.duration = 5ns;
  parts.callback_args = CallbackArgs{{"k", 1}};
  return Response(std::move(parts));
}

ErrorContext context_of(std::string url) {
  return {std::move(url), "POST", "r-1/3", 7ns, {{"k", "v"}}};
}

}  // namespace

TEST_CASE("A response becomes the error of its class") {
  const auto class_of = [](int status) {
    return std::string(HttpError::create(response_of(status))->error_class());
  };
  CHECK(class_of(304) == "AsyncHttpPool::HttpError");
  CHECK(class_of(400) == "AsyncHttpPool::ClientError");
  CHECK(class_of(499) == "AsyncHttpPool::ClientError");
  CHECK(class_of(500) == "AsyncHttpPool::ServerError");
  CHECK(class_of(599) == "AsyncHttpPool::ServerError");
  CHECK(class_of(600) == "AsyncHttpPool::HttpError");
  CHECK(dynamic_cast<ClientError*>(HttpError::create(response_of(404)).get()) != nullptr);
  CHECK(dynamic_cast<ServerError*>(HttpError::create(response_of(503)).get()) != nullptr);
}

TEST_CASE("An HTTP error tells of its response") {
  const auto error = HttpError::create(response_of(404));
  CHECK(std::string(error->what()) == "HTTP 404 response from GET https://x/y");
  CHECK(error->error_type() == ErrorType::http_error);
  CHECK(error->status() == 404);
  CHECK(error->url() == "https://x/y");
  CHECK(error->method() == "GET");
  CHECK(error->request_id() == "r-1");
  CHECK(error->duration() == 5ns);
  CHECK(error->callback_args()["k"] == Value(1));
}

TEST_CASE("Messages keep secrets of URLs to themselves") {
  const std::string url = "https://u:hunter2@x/y?token=hunter2";
  for (const std::string& message :
       {HttpError::create(response_of(500, url))->message(),
        TooManyRedirectsError(context_of(url), {}).message(),
        TooManyRedirectsError(context_of("https://z/"), {url}).message(),
        RecursiveRedirectError(context_of(url), {}).message()}) {
    CHECK_THAT(message, !Catch::Matchers::Contains("hunter2"));
    CHECK_THAT(message, Catch::Matchers::Contains("https://"));
  }
}

TEST_CASE("Redirect errors describe the chain") {
  const TooManyRedirectsError too_many(context_of("https://x/3"), {"https://x/1", "https://x/2"});
  CHECK(too_many.message() == "Too many redirects (2) while requesting POST https://x/1");
  CHECK(too_many.redirects().size() == 2);
  CHECK(too_many.url() == "https://x/3");
  CHECK(too_many.error_type() == ErrorType::redirect);
  CHECK(TooManyRedirectsError(context_of("https://x/3"), {}).message() ==
        "Too many redirects (0) while requesting POST https://x/3");
  CHECK(RecursiveRedirectError(context_of("https://x/1"), {"https://x/1"}).message() ==
        "Recursive redirect detected: https://x/1 was already visited in redirect chain");
}

TEST_CASE("A request error is of a type of its own") {
  CHECK_THROWS_AS(RequestError(ErrorType::http_error, ErrorCode::none, "m", context_of("u")),
                  std::invalid_argument);
  CHECK_THROWS_AS(RequestError(ErrorType::redirect, ErrorCode::none, "m", context_of("u")),
                  std::invalid_argument);
  const RequestError error(ErrorType::timeout, ErrorCode::request_timeout, "too late",
                           context_of("u"));
  CHECK(std::string(error.what()) == "too late");
  CHECK(error.code() == ErrorCode::request_timeout);
  CHECK(error.error_class() == "AsyncHttpPool::RequestError");
}

TEST_CASE("A clone is of the same class and outlives the original") {
  std::unique_ptr<Error> clone;
  const auto check = [&](const Error& error) {
    clone = error.clone();
    const Error& copy = *clone;
    CHECK(typeid(copy) == typeid(error));
    CHECK(clone->to_json() == error.to_json());
    CHECK(clone->message() == error.message());
  };
  check(*HttpError::create(response_of(304)));
  check(*HttpError::create(response_of(404)));
  check(*HttpError::create(response_of(500)));
  check(TooManyRedirectsError(context_of("https://x/3"), {"https://x/1"}));
  check(RecursiveRedirectError(context_of("https://x/3"), {"https://x/1"}));
  check(RequestError(ErrorType::ssl, ErrorCode::tls_handshake, "m", context_of("u")));
  CHECK(clone->message() == "m");
}

TEST_CASE("Errors can be thrown and caught by their bases") {
  const auto error = HttpError::create(response_of(404));
  CHECK_THROWS_AS(throw *error, Error);
  CHECK_THROWS_AS(throw RequestError(ErrorType::unknown, ErrorCode::internal, "m", {}),
                  std::exception);
  STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<RequestError>);
  STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<ClientError>);
}

TEST_CASE("The cause of an error is kept by copies, and no part of its JSON") {
  const RequestError plain(ErrorType::unknown, ErrorCode::request_body, "m", context_of("u"));
  CHECK(plain.cause() == nullptr);
  ErrorContext context = context_of("u");
  context.cause = std::make_exception_ptr(std::out_of_range("mine"));
  const RequestError error(ErrorType::unknown, ErrorCode::request_body, "m", context);
  CHECK(error.cause() == context.cause);
  CHECK(error.clone()->cause() == context.cause);
  CHECK_THROWS_AS(std::rethrow_exception(error.cause()), std::out_of_range);
  CHECK(error.to_json() == plain.to_json());
  CHECK(Error::from_json(error.to_json())->cause() == nullptr);
  CHECK(HttpError::create(response_of(404))->cause() == nullptr);
}

TEST_CASE("Every type and code has a name of its own") {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorType::unknown); ++i)
    names.push_back(to_string(static_cast<ErrorType>(i)));
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i)
    names.push_back(to_string(static_cast<ErrorCode>(i)));
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace async_http_pool
