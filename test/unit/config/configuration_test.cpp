#include <async_http_pool/configuration.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <async_http_pool/mock_transport.hpp>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using Milliseconds = Configuration::Milliseconds;

struct IntOption {
  std::string name;
  Configuration& (Configuration::*set)(int);
  int (Configuration::*get)() const noexcept;
  int initial;
  int min;
  int max;
};

struct DurationOption {
  std::string name;
  Configuration& (Configuration::*set)(Milliseconds);
  Milliseconds (Configuration::*get)() const noexcept;
  Milliseconds initial;
};

struct SizeOption {
  std::string name;
  Configuration& (Configuration::*set)(std::size_t);
  std::size_t (Configuration::*get)() const noexcept;
  std::size_t initial;
};

using Self = Configuration;
constexpr int int_max = std::numeric_limits<int>::max();

TEST_CASE("options that count have a default and a range", "[configuration]") {
  const auto option = GENERATE(values<IntOption>({
      {"max_connections", &Self::set_max_connections, &Self::max_connections, 256, 1, 1'000'000},
      {"connection_pool_size", &Self::set_connection_pool_size, &Self::connection_pool_size, 100, 1,
       int_max},
      {"agents", &Self::set_agents, &Self::agents, 1, 1, 64},
      {"lane_size", &Self::set_lane_size, &Self::lane_size, 128, 1, 100'000},
      {"max_header_count", &Self::set_max_header_count, &Self::max_header_count, 1000, 1, int_max},
      {"max_redirects", &Self::set_max_redirects, &Self::max_redirects, 5, 0, int_max},
      {"retries", &Self::set_retries, &Self::retries, 3, 0, 100},
  }));
  CAPTURE(option.name);
  Configuration config;
  const auto value = [&] { return (config.*option.get)(); };
  const auto set = [&](int number) -> Configuration& { return (config.*option.set)(number); };
  REQUIRE(value() == option.initial);

  for (const int number : {option.min, option.min + 1, option.max}) {
    REQUIRE(&set(number) == &config);
    REQUIRE(value() == number);
  }
  const std::string rule = option.min == 0 ? " must be a non-negative integer, got: "
                                           : " must be a positive number, got: ";
  for (const int number : {option.min - 1, -5, std::numeric_limits<int>::min()}) {
    REQUIRE(refusal_of([&] { return set(number); }) == option.name + rule + std::to_string(number));
  }
  if (option.max < int_max) {
    for (const int number : {option.max + 1, int_max}) {
      REQUIRE(refusal_of([&] { return set(number); }) == option.name + " must be at most " +
                                                             std::to_string(option.max) +
                                                             ", got: " + std::to_string(number));
    }
  }
  REQUIRE(value() == option.max);  // as it was
}

TEST_CASE("options that last are from 1 ms to ten years", "[configuration]") {
  const auto option = GENERATE(values<DurationOption>({
      {"request_timeout", &Self::set_request_timeout, &Self::request_timeout, 60s},
      {"shutdown_timeout", &Self::set_shutdown_timeout, &Self::shutdown_timeout, 23s},
      {"slow_callback_threshold", &Self::set_slow_callback_threshold,
       &Self::slow_callback_threshold, 100ms},
      {"retry_delay", &Self::set_retry_delay, &Self::retry_delay, 100ms},
  }));
  CAPTURE(option.name);
  Configuration config;
  const auto value = [&] { return (config.*option.get)(); };
  const auto set = [&](Milliseconds time) -> Configuration& { return (config.*option.set)(time); };
  REQUIRE(value() == option.initial);

  const Milliseconds ten_years = std::chrono::hours(24 * 3650);
  for (const Milliseconds time : {Milliseconds(1ms), Milliseconds(5s), ten_years}) {
    REQUIRE(&set(time) == &config);
    REQUIRE(value() == time);
  }
  for (const Milliseconds time : {Milliseconds(0), Milliseconds(-1), Milliseconds::min()}) {
    REQUIRE(refusal_of([&] { return set(time); }) ==
            option.name + " must be a positive number, got: " + std::to_string(time.count()) +
                " ms");
  }
  for (const Milliseconds time : {ten_years + 1ms, Milliseconds::max()}) {
    REQUIRE(refusal_of([&] { return set(time); }) ==
            option.name + " must be at most ten years, got: " + std::to_string(time.count()) +
                " ms");
  }
  REQUIRE(value() == ten_years);
}

TEST_CASE("the connection timeout is a duration or none", "[configuration]") {
  Configuration config;
  REQUIRE(config.connection_timeout() == std::nullopt);
  REQUIRE(config.set_connection_timeout(5s).connection_timeout() == Milliseconds(5s));
  REQUIRE(refusal_of([&] { return config.set_connection_timeout(0ms); }) ==
          "connection_timeout must be a positive number, got: 0 ms");
  REQUIRE(refusal_of([&] {
            config.set_connection_timeout(Milliseconds::max());
          }).starts_with("connection_timeout must be at most ten years, got: "));
  REQUIRE(config.connection_timeout() == Milliseconds(5s));
  REQUIRE(config.set_connection_timeout(std::nullopt).connection_timeout() == std::nullopt);
}

TEST_CASE("options that measure bytes are at least 1", "[configuration]") {
  const auto option = GENERATE(values<SizeOption>({
      {"max_response_size", &Self::set_max_response_size, &Self::max_response_size, 1048576},
      {"max_header_size", &Self::set_max_header_size, &Self::max_header_size, 262144},
  }));
  CAPTURE(option.name);
  Configuration config;
  REQUIRE((config.*option.get)() == option.initial);
  for (const std::size_t size : {std::size_t{1}, std::numeric_limits<std::size_t>::max()}) {
    REQUIRE(((config.*option.set)(size).*option.get)() == size);
  }
  REQUIRE(refusal_of([&] { return (config.*option.set)(0); }) ==
          option.name + " must be a positive number, got: 0");
  REQUIRE((config.*option.get)() == std::numeric_limits<std::size_t>::max());
}

TEST_CASE("the user agent is a header value", "[configuration]") {
  Configuration config;
  REQUIRE(config.user_agent() == "AsyncHttpPool");
  REQUIRE(config.set_user_agent(" My/1.0 (a\tb; é) ").user_agent() == "My/1.0 (a\tb; é)");
  for (const std::string& value :
       {std::string("a\r\nX: y"), std::string("a\n"), std::string("\r"), std::string("a\0b", 3),
        std::string("a\x1b"), std::string("a\x7F")}) {
    REQUIRE_THROWS_AS(config.set_user_agent(value), std::invalid_argument);
  }
  REQUIRE(refusal_of([&] { return config.set_user_agent("a\r\nX: y"); }) ==
          "user_agent must be free of control characters, got: \"a\\x0d\\x0aX: y\"");
  REQUIRE(config.user_agent() == "My/1.0 (a\tb; é)");
  REQUIRE(config.set_user_agent("").user_agent().empty());
}

TEST_CASE("a proxy is an http, https or SOCKS URL, with credentials or without",
          "[configuration]") {
  const auto url = GENERATE(
      as<std::string>(), "", "http://proxy", "http://proxy:3128", "https://proxy.example:8443/",
      "http://[::1]:3128", "HTTP://Proxy/", "http://me:s3cret@proxy:3128", "http://me@proxy",
      "http://:x@proxy", "http://me:a%40b%2Fc!$&'()*+,;=-._~:@proxy", "socks4://proxy",
      "socks4a://me@proxy:1080", "socks5://me:s3cret@proxy", "SOCKS5H://[::1]");
  CAPTURE(url);
  Configuration config;
  REQUIRE(config.set_proxy_url(url).proxy_url() == url);
}

TEST_CASE("what is no URL of a proxy is refused, without its credentials", "[configuration]") {
  const auto url = GENERATE(
      as<std::string>(), "proxy", "proxy:3128", "me:s3cret@proxy:3128", "socks://me:s3cret@proxy",
      "socks6://proxy", "socks5h://me:s3cret@proxy/path", "socks5://", "ftp://proxy", "http:proxy",
      "http:/proxy", "http:///proxy", "http://", "http://me:s3cret@", "http://me:s3cret@proxy:0",
      "http://me:s3cret@proxy:99999", "http://me:s3cret@proxy:x", "http://me:s3cret@s3cret@proxy",
      "http://me:s3cret/s3cret@proxy", "http://me:1/s3cret@proxy", "http://me:s3cret?s3cret@proxy",
      "http://me:s3cret#s3cret@proxy", "http://me:s3 cret@proxy", "http://me:s3cret%@proxy",
      "http://me:s3cret%zz@proxy", "http://me:s3cret\\x@proxy", "http://proxy/path",
      "http://proxy?query", "http://proxy#fragment", " http://me:s3cret@proxy",
      "http://me:s3cret\n@proxy", "http://proxy\r\nX: y", "http://me:s3cretä@proxy",
      // With these libcurl would quietly go without the proxy, or quote the whole URL in a message.
      "http://me:s3cret%00@proxy", "http://me%0a:s3cret@proxy", "http://me:s3cret%1f@proxy",
      "http://me:s3cret%7f@proxy", "http://me:s3cret@pro!xy:3128", "http://me:s3cret@a,b");
  CAPTURE(url);
  Configuration config;
  config.set_proxy_url("http://before");
  const std::string message = refusal_of([&] { return config.set_proxy_url(url); });
  CAPTURE(message);
  REQUIRE(
      message.starts_with("proxy_url must be an HTTP, HTTPS or SOCKS URL without a path, got: \""));
  REQUIRE(message.find("s3") == std::string::npos);
  REQUIRE(message.find("me:") == std::string::npos);
  REQUIRE(message.find('\n') == std::string::npos);
  REQUIRE(config.proxy_url() == "http://before");
}

TEST_CASE("the file of authorities is any path", "[configuration]") {
  Configuration config;
  REQUIRE(config.ca_file().empty());
  REQUIRE(config.set_ca_file("/etc/ssl/my ca.pem").ca_file() == "/etc/ssl/my ca.pem");
  REQUIRE(refusal_of([&] { return config.set_ca_file(std::string_view("a\0b", 3)); }) ==
          "ca_file must be free of NUL, got: \"a\\x00b\"");
  REQUIRE(config.set_ca_file("").ca_file().empty());
}

TEST_CASE("setters can be chained, and a copy is independent", "[configuration]") {
  Configuration config;
  config.set_max_connections(2)
      .set_request_timeout(5s)
      .set_raise_error_responses(true)
      .set_selector(SelectorKind::poll);
  Configuration copy = config;
  copy.set_max_connections(3).set_raise_error_responses(false);
  REQUIRE(config.max_connections() == 2);
  REQUIRE(config.request_timeout() == 5s);
  REQUIRE(config.raise_error_responses());
  REQUIRE(config.selector() == SelectorKind::poll);
  REQUIRE(copy.max_connections() == 3);
  REQUIRE_FALSE(copy.raise_error_responses());
}

TEST_CASE("the selector is automatic unless one is chosen", "[configuration]") {
  Configuration config;
  REQUIRE(config.selector() == SelectorKind::automatic);
  REQUIRE_FALSE(config.raise_error_responses());
#if defined(__linux__)
  REQUIRE(config.set_selector(SelectorKind::epoll).selector() == SelectorKind::epoll);
#else
  REQUIRE_THROWS_AS(config.set_selector(SelectorKind::epoll), std::invalid_argument);
#endif
}

TEST_CASE("the logger is stderr's, another, or none", "[configuration]") {
  Configuration config;
  REQUIRE(config.logger() != nullptr);
  REQUIRE(config.logger()->level() == LogLevel::error);
  REQUIRE(config.set_logger(nullptr).logger() == nullptr);
  const auto logger = make_stderr_logger(LogLevel::debug);
  REQUIRE(config.set_logger(logger).logger() == logger);
}

TEST_CASE("a mock transport and a recording are shared by copies, and there are none at first",
          "[configuration]") {
  Configuration config;
  REQUIRE(config.mock_transport() == nullptr);
  REQUIRE(config.recording() == nullptr);
  const auto transport = std::make_shared<MockTransport>();
  const auto recording = std::make_shared<Recording>("/nowhere/recording.json");
  const Configuration copy = config.set_mock_transport(transport).set_recording(recording);
  REQUIRE(copy.mock_transport() == transport);
  REQUIRE(copy.recording() == recording);
  REQUIRE(config.set_mock_transport(nullptr).mock_transport() == nullptr);
  REQUIRE(config.recording() == recording);
}

}  // namespace
}  // namespace async_http_pool
