// Which outcomes of an exchange are errors, and what the errors know.
#include "exchange/exchange.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

namespace async_http_pool {
namespace {

using test::ScriptedExchange;
using Urls = std::vector<std::string>;

Request get(const std::string& url) { return Request::get(url).build(); }

TEST_CASE(
    "whether responses other than 2xx are errors is said by the task, else the configuration") {
  struct Row {
    std::optional<bool> task;
    bool configuration;
    bool raises;
  };
  const auto row = GENERATE(Row{std::nullopt, false, false}, Row{std::nullopt, true, true},
                            Row{true, false, true}, Row{true, true, true}, Row{false, false, false},
                            Row{false, true, false});
  for (const int status : {200, 204, 299, 302, 304, 400, 404, 500, 599, 999}) {
    INFO(status);
    ScriptedExchange exchange(get("http://a/"),
                              Configuration().set_raise_error_responses(row.configuration),
                              {.raise_error_responses = row.task, .id = "id"});
    exchange.begin();
    exchange.transport.respond(status);
    const bool is_error = row.raises && status / 100 != 2;
    CHECK(exchange.events().back() == (is_error ? "error id" : "response id"));
  }
}

TEST_CASE("an error response is an error of its class that holds the response") {
  struct Row {
    int status;
    const char* error_class;
  };
  for (const Row& row :
       {Row{302, "AsyncHttpPool::HttpError"}, Row{400, "AsyncHttpPool::ClientError"},
        Row{499, "AsyncHttpPool::ClientError"}, Row{500, "AsyncHttpPool::ServerError"},
        Row{599, "AsyncHttpPool::ServerError"}, Row{600, "AsyncHttpPool::HttpError"}}) {
    INFO(row.status);
    ScriptedExchange exchange(get("http://a/x"), Configuration().set_raise_error_responses(true));
    exchange.begin();
    exchange.transport.respond(row.status, Headers{{"x", "1"}}, "no");
    const HttpError& error = exchange.outcome().http_error();
    CHECK(error.error_class() == row.error_class);
    CHECK(error.error_type() == ErrorType::http_error);
    CHECK(error.status() == row.status);
    CHECK(error.response().body() == "no");
    CHECK(error.response().headers().get("x") == "1");
    CHECK(error.url() == "http://a/x");
    CHECK(error.method() == "GET");
    CHECK(error.request_id() == "id");
    CHECK(error.callback_args() == CallbackArgs{{"k", 1}});
    CHECK(error.message() ==
          "HTTP " + std::to_string(row.status) + " response from GET http://a/x");
  }
}

TEST_CASE("an error response after a redirect has the id that the application knows") {
  ScriptedExchange exchange(get("http://a/1"), Configuration().set_raise_error_responses(true));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  exchange.transport.start();
  exchange.transport.respond(500);
  CHECK(exchange.outcome().http_error().request_id() == "id");
  CHECK(exchange.outcome().http_error().response().redirects() == Urls{"http://a/1"});
}

TEST_CASE("a redirect that is followed is no error response") {
  ScriptedExchange exchange(get("http://a/1"), Configuration().set_raise_error_responses(true));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  CHECK_FALSE(exchange.has_outcome());
  exchange.transport.start();
  exchange.transport.respond(200);
  CHECK(exchange.outcome().is_response());
}

TEST_CASE("a failed transfer is a request error of the hop that failed") {
  ScriptedExchange exchange(Request::post("http://a/1").body("x").build());
  exchange.begin();
  exchange.transport.redirect_to("/2", 307);
  exchange.transport.start();
  exchange.transport.fail({.type = ErrorType::ssl,
                           .code = ErrorCode::tls_verification,
                           .message = "certificate has expired"});
  const RequestError& error = exchange.outcome().request_error();
  CHECK(error.error_type() == ErrorType::ssl);
  CHECK(error.code() == ErrorCode::tls_verification);
  CHECK(error.message() == "certificate has expired");
  CHECK(error.url() == "http://a/2");
  CHECK(error.method() == "POST");
  CHECK(error.request_id() == "id/2");
  CHECK(error.callback_args() == CallbackArgs{{"k", 1}});
  CHECK(error.duration() == exchange.tasks().back().duration());
}

TEST_CASE("too many redirects are an error that tells the chain") {
  ScriptedExchange exchange(get("http://a/1"), Configuration().set_max_redirects(2));
  exchange.begin();
  for (const char* location : {"/2", "/3"}) {
    exchange.transport.redirect_to(location);
    exchange.transport.start();
  }
  exchange.transport.redirect_to("../4");
  const RedirectError& error = exchange.outcome().redirect_error();
  CHECK(error.error_class() == "AsyncHttpPool::TooManyRedirectsError");
  CHECK(error.error_type() == ErrorType::redirect);
  CHECK(error.url() == "../4");  // as the server gave it
  CHECK(error.redirects() == Urls{"http://a/1", "http://a/2", "http://a/3"});
  CHECK(error.message() == "Too many redirects (3) while requesting GET http://a/1");
  CHECK(error.request_id() == "id/3");
  CHECK(error.method() == "GET");
  CHECK(error.callback_args() == CallbackArgs{{"k", 1}});
  CHECK(exchange.events().back() == "error id/3");
}

TEST_CASE("a redirect to a URL of the chain is an error that names it") {
  ScriptedExchange exchange(get("http://a/1"));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  exchange.transport.start();
  exchange.transport.redirect_to("/1");
  const RedirectError& error = exchange.outcome().redirect_error();
  CHECK(error.error_class() == "AsyncHttpPool::RecursiveRedirectError");
  CHECK(error.url() == "http://a/1");
  CHECK(error.redirects() == Urls{"http://a/1", "http://a/2"});
  CHECK(error.message() ==
        "Recursive redirect detected: http://a/1 was already visited in redirect chain");
  CHECK(error.request_id() == "id/2");
}

TEST_CASE("a redirect that is not followed for safety is an error of the URL that sent it") {
  ScriptedExchange exchange(get("https://a/1"));
  exchange.begin();
  exchange.transport.redirect_to("http://a/2");
  const RequestError& error = exchange.outcome().request_error();
  CHECK(error.error_type() == ErrorType::unknown);
  CHECK(error.code() == ErrorCode::unsafe_redirect);
  CHECK(error.message() == "redirect from https to http");
  CHECK(error.url() == "https://a/1");
  CHECK(exchange.transport.orders().size() == 1);
}

TEST_CASE("a request's own number of redirects beats the configuration's") {
  ScriptedExchange exchange(Request::get("http://a/1").max_redirects(GENERATE(0, 1)).build(),
                            Configuration().set_max_redirects(9));
  exchange.begin();
  exchange.transport.redirect_to("/2");
  if (exchange.has_outcome()) {
    CHECK(exchange.outcome().status() == 302);
  } else {
    exchange.transport.start();
    exchange.transport.redirect_to("/3");
    CHECK(exchange.outcome().redirect_error().redirects() == Urls{"http://a/1", "http://a/2"});
  }
}

TEST_CASE("a request's own number of redirects counts in its later hops as well") {
  ScriptedExchange exchange(Request::get("http://a/0").max_redirects(3).build(),
                            Configuration().set_max_redirects(0));
  exchange.begin();
  for (int i = 1; i <= 3; ++i) {
    exchange.transport.redirect_to("/" + std::to_string(i));
    exchange.transport.start();
  }
  exchange.transport.redirect_to("/4");
  CHECK(exchange.outcome().redirect_error().redirects().size() == 4);
}

}  // namespace
}  // namespace async_http_pool
