#include "config/option_rules.hpp"

#include "support/catch.hpp"

#include <async_http_pool/request_config.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

TEST_CASE("options of connections take what they say, and refuse the rest by name") {
  RequestConfig config;
  config.set_tcp_keepalive(0ms).set_tcp_keepalive(32767s);
  config.set_interface("").set_interface("eth0").set_interface("127.0.0.2").set_interface("::1");
  config.set_unix_socket("").set_unix_socket(std::string(107, 'p'));
  config.set_connect_to("").set_connect_to("[::1]:80");
  config.set_resolve({"a:80:127.0.0.1", "b:80:::1"});
  config.set_allowed_addresses({"10.0.0.0/8", "::1"});
  const RequestConfig before = config;

  CHECK_THROWS_WITH(config.set_tcp_keepalive(32768s),
                    "tcp_keepalive must be at most 32767000 ms, got: 32768000 ms");
  CHECK_THROWS_WITH(config.set_interface("eth0!127.0.0.1"),
                    "interface must be the name of a network interface or an IP address, got: "
                    "\"eth0!127.0.0.1\"");
  CHECK_THROWS_AS(config.set_interface("name.of.a.host.example"), std::invalid_argument);
  CHECK_THROWS_AS(config.set_interface(std::string("a\0b", 3)), std::invalid_argument);
  CHECK_THROWS_AS(config.set_unix_socket(std::string(108, 'p')), std::invalid_argument);
  CHECK_THROWS_AS(config.set_unix_socket(std::string("a\0b", 3)), std::invalid_argument);
  CHECK_THROWS_WITH(config.set_connect_to("host"),
                    "connect_to must be of the form host:port, got: \"host\"");
  CHECK_THROWS_WITH(config.set_resolve({"a:80:127.0.0.1", "a:80:name"}),
                    "resolve must be of the form host:port:address, got: \"a:80:name\"");
  CHECK_THROWS_WITH(config.set_allowed_addresses({"10.0.0.1/8"}),
                    "allowed_addresses must be an address or a range like 10.0.0.0/8, got: "
                    "\"10.0.0.1/8\"");
  CHECK_THROWS_WITH(config.set_allowed_addresses(TextList(1001, "::1")),
                    "allowed_addresses must have at most 1000 items, got: 1001");
  CHECK(config == before);
}

TEST_CASE("versions of HTTP and families of addresses have names in JSON") {
  RequestConfig config;
  REQUIRE(config.set("http_version", "http2_prior_knowledge"));
  REQUIRE(config.set("ip_family", "ipv6"));
  CHECK(config.http_version() == HttpVersion::http2_prior_knowledge);
  CHECK(config.ip_family() == IpFamily::ipv6);
  RequestConfig copy;
  const Value document = config.to_value();
  for (const auto& [name, value] : document.as_object()) REQUIRE(copy.set(name, value));
  CHECK(copy == config);
  CHECK_THROWS_AS(config.set("http_version", "http2"), std::invalid_argument);
  CHECK_THROWS_AS(config.set("ip_family", 4), std::invalid_argument);
}

}  // namespace
}  // namespace async_http_pool
