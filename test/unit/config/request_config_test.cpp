#include <async_http_pool/configuration.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_config.hpp>

#include <stdexcept>
#include <string>

#include "config/effective_options.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("A new configuration of a request sets nothing") {
  const RequestConfig config;
  CHECK(config.empty());
  CHECK(config.to_value() == Value::object());
  CHECK_FALSE(config.timeout().has_value());
}

TEST_CASE("Defaults have every option, and each stands its own check") {
  const RequestConfig defaults = RequestConfig::defaults();
  std::size_t options = 0;
#define AHP_CHECK_DEFAULT(type, name, default_value, rule, action) \
  CHECK(defaults.name().has_value());                              \
  CHECK_NOTHROW(RequestConfig().set_##name(*defaults.name()));     \
  ++options;
  AHP_REQUEST_OPTIONS(AHP_CHECK_DEFAULT)
#undef AHP_CHECK_DEFAULT
  CHECK(defaults.to_value().size() == options);
  CHECK(*defaults.timeout() == 60s);
  CHECK(*defaults.max_redirects() == 5);
}

TEST_CASE("Every option can be set by its name to what it is written as") {
  const RequestConfig defaults = RequestConfig::defaults();
  const Value written = defaults.to_value();
  RequestConfig read;
  for (const auto& [name, value] : written.as_object()) {
    INFO(name);
    CHECK(read.set(name, value));
  }
  CHECK(read == defaults);
}

TEST_CASE("A name that is no option is told from a value that does not fit") {
  RequestConfig config;
  CHECK_FALSE(config.set("no_such_option", 1));
  CHECK_FALSE(config.set("", 1));
  CHECK_THROWS_AS(config.set("retries", "3"), std::invalid_argument);
  CHECK_THROWS_AS(config.set("retries", 1e3), std::invalid_argument);
  CHECK_THROWS_AS(config.set("retries", std::int64_t{1} << 40), std::invalid_argument);
  CHECK_THROWS_AS(config.set("timeout", 1e300), std::invalid_argument);
  CHECK_THROWS_AS(config.set("timeout", -1), std::invalid_argument);
  CHECK_THROWS_AS(config.set("max_response_size", -1), std::invalid_argument);
  CHECK_THROWS_AS(config.set("raise_error_responses", 1), std::invalid_argument);
  CHECK(config.empty());
}

TEST_CASE("Times are written and read in seconds, to the millisecond") {
  const RequestConfig config = RequestConfig().set_timeout(1234ms).set_connect_timeout(0ms);
  CHECK(config.to_value() == Value::object({{"timeout", 1.234}, {"connect_timeout", 0.0}}));
  RequestConfig read;
  CHECK(read.set("timeout", 1.234));
  CHECK(*read.timeout() == 1234ms);
  CHECK(read.set("timeout", 2));
  CHECK(*read.timeout() == 2s);
}

TEST_CASE("A setter that refuses names the option and the value, and changes nothing") {
  RequestConfig config = RequestConfig().set_retries(1);
  CHECK(refusal_of([&] { return config.set_retries(-1); }) ==
        "retries must be a non-negative integer, got: -1");
  CHECK(refusal_of([&] { return config.set_timeout(0ms); }) ==
        "timeout must be a positive number, got: 0 ms");
  CHECK(refusal_of([&] { return config.set_proxy_url("http://user:secret@/"); }).find("secret") ==
        std::string::npos);
  CHECK(config == RequestConfig().set_retries(1));
}

TEST_CASE("What is set goes over what is not") {
  const RequestConfig base = RequestConfig().set_retries(1).set_max_redirects(2);
  const RequestConfig merged = RequestConfig().set_max_redirects(0).set_ca_file("x").over(base);
  CHECK(merged == RequestConfig().set_retries(1).set_max_redirects(0).set_ca_file("x"));
  CHECK(base == RequestConfig().set_retries(1).set_max_redirects(2));
  CHECK(RequestConfig().over(base) == base);
}

TEST_CASE("For a request its own options count, then those of its client") {
  const Configuration client =
      Configuration().set_request_config(RequestConfig().set_retries(7).set_user_agent("client"));
  CHECK(client.retries() == 7);
  CHECK(client.max_redirects() == 5);  // the default is still there
  const RequestConfig own = RequestConfig().set_user_agent("");
  const EffectiveOptions options(own, client.request_config());
  CHECK(options.user_agent().empty());
  CHECK(options.retries() == 7);
  CHECK(options.max_redirects() == 5);
}

TEST_CASE("Options of a configuration are those of its request and client configurations") {
  Configuration configuration;
  configuration.set_request_timeout(5s).set_connection_timeout(1s).set_agents(3);
  CHECK(*configuration.request_config().timeout() == 5s);
  CHECK(*configuration.request_config().connect_timeout() == 1s);
  CHECK(configuration.client_config().agents() == 3);
  configuration.set_connection_timeout(std::nullopt);
  CHECK_FALSE(configuration.connection_timeout().has_value());
  configuration.set_client_config(ClientConfig().set_lane_size(4));
  CHECK(configuration.lane_size() == 4);
  CHECK(configuration.agents() == 1);
}

TEST_CASE("A request carries its options through JSON, those of the original where it has them") {
  const Request request =
      Request::get("http://127.0.0.1/")
          .config(RequestConfig().set_timeout(2s).set_max_redirects(1).set_retries(0))
          .build();
  CHECK(request.timeout() == 2000ms);
  CHECK(request.max_redirects() == 1);
  const std::string json = request.to_json();
  CHECK(json.find(R"("timeout":2,"max_redirects":1,"config":{"retries":0}})") != std::string::npos);
  const Request read = Request::from_json(json);
  CHECK(read.timeout() == 2000ms);
  CHECK(read.config().retries() == 0);
  CHECK(read.to_json() == json);
  CHECK(Request::get("http://127.0.0.1/").build().to_json().find("config") == std::string::npos);
}

TEST_CASE(
    "Options in a document that are unknown or wrong are refused: they may protect somebody") {
  const std::string head = R"({"http_method":"get","url":"http://h/","headers":{},"config":)";
  CHECK(Request::from_json(head + R"({"retries":null}})").config().empty());
  CHECK_THROWS_WITH(Request::from_json(head + R"({"deny_private_addresse":true}})"),
                    "request.config.deny_private_addresse: is no option of a request");
  CHECK_THROWS_WITH(Request::from_json(head + R"({"retries":-1}})"),
                    "request.config.retries: retries must be a non-negative integer, got: -1");
  CHECK_THROWS_AS(Request::from_json(head + "[]}"), ParseError);
}

TEST_CASE("A request is equal to what is read from its JSON, whatever it sets") {
  const auto check = [](const RequestConfig& config) {
    const Request request = Request::get("http://h/").config(config).build();
    CHECK(Request::from_json(request.to_json()) == request);
  };
  check(RequestConfig().set_timeout(5s));
  check(RequestConfig().set_max_redirects(1));
  check(RequestConfig().set_timeout(400 * 24h).set_retries(1));
  check(RequestConfig().set_max_response_size(std::size_t{1} << 62));
  const Request boundless =
      Request::get("http://h/").config(RequestConfig().set_max_response_size(SIZE_MAX)).build();
  CHECK(Request::from_json(boundless.to_json()).config().max_response_size() == SIZE_MAX / 2);
}

TEST_CASE("The two options that a request has as members may stand in its config as well") {
  const std::string head = R"({"http_method":"get","url":"http://h/","headers":{},)";
  const std::string config = R"("config":{"timeout":5,"max_redirects":0}})";
  const Request request = Request::from_json(head + config);
  CHECK(request.timeout() == 5000ms);
  CHECK(request.max_redirects() == 0);
  CHECK(Request::from_json(head + R"("timeout":2,)" + config).timeout() == 2000ms);
}

TEST_CASE("Times that would round to off are refused") {
  RequestConfig config;
  CHECK_THROWS_AS(config.set("first_byte_timeout", 0.0004), std::invalid_argument);
  CHECK_THROWS_AS(config.set("connect_timeout", -0.0001), std::invalid_argument);
  CHECK(config.empty());
}

TEST_CASE("Options of a client are set by name as well") {
  ClientConfig config;
  CHECK(config.set("retry_budget", 7));
  CHECK(config.set("selector", "poll"));
  CHECK(config.retry_budget() == 7);
  CHECK(config.selector() == SelectorKind::poll);
  CHECK_FALSE(config.set("retries", 1));
  CHECK_THROWS_AS(config.set("agents", 65), std::invalid_argument);
  CHECK_THROWS_AS(config.set("selector", "select"), std::invalid_argument);
}

TEST_CASE("What is set later on a request wins, whatever it is set by") {
  const Request request = Request::get("http://h/")
                              .timeout(1s)
                              .config(RequestConfig().set_timeout(2s).set_retries(1))
                              .config(RequestConfig().set_retries(2))
                              .timeout(3s)
                              .build();
  CHECK(request.timeout() == 3000ms);
  CHECK(request.config().retries() == 2);
}

}  // namespace async_http_pool
