#include "client/default_headers.hpp"

#include "support/catch.hpp"

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/cookie_jar.hpp>
#include <async_http_pool/multipart.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

using namespace async_http_pool;
using namespace std::chrono_literals;

namespace {

const std::string url = "http://server/path?q=1";
const Headers defaults = {{"x-a", "1"}, {"authorization", "secret"}, {"content-type", "text/x"}};

}  // namespace

TEST_CASE("Default headers come behind a request's own, which go first") {
  const Request request = Request::get(url).header("X-A", "own").header("x-b", "2").build();
  const Request result = with_headers(request, {{"x-a", "1"}, {"x-c", "3"}});
  CHECK(result.headers() == Headers({{"x-a", "own"}, {"x-b", "2"}, {"x-c", "3"}}));
}

TEST_CASE("A default header that stands several times stays so") {
  Headers twice;
  twice.add("x-a", "1");
  twice.add("x-a", "2");
  CHECK(with_headers(Request::get(url).build(), twice).headers() == twice);
}

TEST_CASE("A request that lacks nothing stays the same") {
  const Request request = Request::get(url).header("x-a", "own").build();
  CHECK(&with_headers(request, {{"x-a", "1"}}).url() == &request.url());
}

TEST_CASE("A request that gets default headers keeps all else") {
  const auto jar = std::make_shared<CookieJar>();
  const auto finish = [&jar](RequestBuilder& builder) {
    return builder.timeout(5s)
        .max_redirects(3)
        .config(RequestConfig().set_retries(7))
        .cookie_jar(jar)
        .build();
  };
  const auto check = [](const Request& request) {
    const Request result = with_headers(request, {{"x-new", "1"}});
    CHECK(result.headers().get("x-new") == "1");
    CHECK(result.method() == request.method());
    CHECK(result.url() == request.url());
    CHECK(result.body() == request.body());
    CHECK(result.body_file() == request.body_file());
    CHECK(result.multipart() == request.multipart());
    CHECK(result.body_source() == request.body_source());
    CHECK(result.timeout() == request.timeout());
    CHECK(result.max_redirects() == request.max_redirects());
    CHECK(result.config() == request.config());
    CHECK(result.cookie_jar() == request.cookie_jar());
  };
  RequestBuilder plain = Request::builder("PURGE", url);
  check(finish(plain));
  RequestBuilder bytes = Request::post(url);
  check(finish(bytes.body("bytes")));
  RequestBuilder file = Request::post(url);
  check(finish(file.body_file("report.csv")));
  RequestBuilder parts = Request::post(url);
  check(finish(parts.multipart(Multipart().add_field("a", "b"))));
  RequestBuilder source = Request::post(url);
  check(finish(source.body_source(make_body_source([](auto) { return std::size_t{0}; }))));
}

TEST_CASE("Credentials and multipart bodies stand for the headers that they will become") {
  const auto with = [](const RequestConfig& config) {
    return with_headers(Request::post(url).body("b").config(config).build(), defaults);
  };
  CHECK(with(RequestConfig()).headers() == defaults);
  CHECK_FALSE(with(RequestConfig().set_bearer_token("own")).headers().contains("authorization"));
  CHECK_FALSE(with(RequestConfig().set_username("own")).headers().contains("authorization"));
  const Request parts =
      with_headers(Request::post(url).multipart(Multipart().add_field("a", "b")).build(), defaults);
  CHECK_FALSE(parts.headers().contains("content-type"));
  CHECK(parts.headers().contains("authorization"));
}

TEST_CASE("Default headers are checked when they are given") {
  CHECK_THROWS_AS(DefaultHeaders({{"content-length", "5"}}), std::invalid_argument);
  CHECK_THROWS_AS(DefaultHeaders({{"x-a", "\xff"}}), std::invalid_argument);
  CHECK_NOTHROW(DefaultHeaders(Headers()));
}
