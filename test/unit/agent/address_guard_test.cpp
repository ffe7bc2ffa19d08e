#include "agent/address_guard.hpp"

#include "exchange/retry_policy.hpp"
#include "support/catch.hpp"
#include "support/environment_variable.hpp"

#include <async_http_pool/request_config.hpp>

#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace async_http_pool {
namespace {

struct Options {
  RequestConfig own;
  RequestConfig client = RequestConfig::defaults();
  [[nodiscard]] EffectiveOptions view() const noexcept { return {own, client}; }
};

Options guarded(const TextList& allowed = {}) {
  return {.own = RequestConfig().set_deny_private_addresses(true).set_allowed_addresses(allowed)};
}

bool passes(const Options& options, const std::string& text) {
  sockaddr_storage storage{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
    storage.ss_family = AF_INET6;
  }
  const bool by_socket =
      !objection_to_address(options.view(), reinterpret_cast<const sockaddr&>(storage));
  CHECK(by_socket == !objection_to_address(options.view(), std::string_view(text)));
  return by_socket;
}

TEST_CASE("the guard looks at the address of a socket") {
  CHECK(passes(guarded(), "8.8.8.8"));
  CHECK(passes(guarded(), "2606:4700::1"));
  CHECK_FALSE(passes(guarded(), "127.0.0.1"));
  CHECK_FALSE(passes(guarded(), "::ffff:127.0.0.1"));
  CHECK_FALSE(passes(guarded(), "fd00::1"));
  CHECK(passes(guarded({"10.0.0.0/8", "fd00::/16"}), "10.1.2.3"));
  CHECK(passes(guarded({"10.0.0.0/8", "fd00::/16"}), "fd00::1"));
  CHECK_FALSE(passes(guarded({"10.0.0.0/8", "fd00::/16"}), "fd01::1"));
  CHECK(passes(Options(), "127.0.0.1"));
}

TEST_CASE("what has no address does not pass the guard") {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& any = reinterpret_cast<const sockaddr&>(address);
  CHECK(objection_to_address(guarded({"::/0"}).view(), any));
  CHECK_FALSE(objection_to_address(Options().view(), any));
  for (const std::string_view text : {"", "/run/socket", "fe80::1%eth0", "localhost"}) {
    CHECK(objection_to_address(guarded({"::/0"}).view(), text));
  }
}

TEST_CASE("the guard's objection is final") {
  const auto objection = objection_to_address(guarded().view(), "10.0.0.1");
  REQUIRE(objection);
  CHECK(objection->code == ErrorCode::forbidden_address);
  CHECK(objection->message == "address 10.0.0.1 is not public");
  CHECK_FALSE(decide_retry(FailedAttempt{.failure = *objection}, {.may_repeat = true,
                                                                  .retries_made = 0,
                                                                  .retries_max = 100,
                                                                  .first_delay = Milliseconds(1),
                                                                  .delay_max = Milliseconds(1),
                                                                  .jitter = 0.5}));
}

TEST_CASE("the guard does not look at the address of a client's proxy, but at a request's") {
  const test::EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  const std::string proxy = "http://10.0.0.1:3128";
  const std::string url = "http://8.8.8.8/";
  Options options = guarded();
  CHECK(is_guarded(options.view(), url));
  options.client.set_proxy_url(proxy);
  CHECK_FALSE(is_guarded(options.view(), url));
  options.own.set_no_proxy({"8.8.8.8"});  // it is not gone through
  CHECK(is_guarded(options.view(), url));
  options.own.set_no_proxy({}).set_proxy_url(proxy);
  CHECK(is_guarded(options.view(), url));
  options = guarded();
  const test::EnvironmentVariable found("http_proxy", proxy);
  options.client.set_proxy_from_environment(true);
  CHECK_FALSE(is_guarded(options.view(), url));
  options.own.set_proxy_from_environment(true);
  CHECK(is_guarded(options.view(), url));
  CHECK_FALSE(is_guarded(Options().view(), url));
}

TEST_CASE("the guard refuses a request whose address it would not see") {
  const auto is_refused = [](const RequestConfig& own, std::string_view url) {
    Options options = guarded();
    options.own = own.over(options.own);
    return objection_to_request(options.view(), url).has_value();
  };
  const test::EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  const std::string proxy = "http://proxy.example:3128";
  CHECK_FALSE(is_refused(RequestConfig(), "http://name.example/"));
  CHECK(is_refused(RequestConfig().set_unix_socket("/s"), "http://8.8.8.8/"));
  CHECK(is_refused(RequestConfig().set_proxy_url(proxy), "http://name.example/"));
  CHECK_FALSE(is_refused(RequestConfig().set_proxy_url(proxy), "http://8.8.8.8/"));
  CHECK_FALSE(is_refused(RequestConfig().set_proxy_url(proxy), "https://[2606:4700::1]:1/"));
  CHECK(is_refused(RequestConfig().set_proxy_url(proxy), "http://[::1]/"));
  CHECK(is_refused(RequestConfig().set_proxy_url(proxy).set_connect_to("a:1"), "http://8.8.8.8/"));
  CHECK(is_refused(RequestConfig().set_proxy_url(proxy).set_resolve({"8.8.8.8:80:127.0.0.1"}),
                   "http://8.8.8.8/"));
  const test::EnvironmentVariable found("http_proxy", proxy);
  CHECK(is_refused(RequestConfig().set_proxy_from_environment(true), "http://name.example/"));
  CHECK_FALSE(
      is_refused(RequestConfig().set_proxy_url(proxy).set_no_proxy({"*"}), "http://name.example/"));
}

}  // namespace
}  // namespace async_http_pool
