#include "http/connection_route.hpp"

#include "support/catch.hpp"

#include <string_view>

namespace async_http_pool {
namespace {

TEST_CASE("an endpoint is a host and a port") {
  CHECK(parse_endpoint("Host.example:80") == Endpoint{"host.example", 80});
  CHECK(parse_endpoint("127.0.0.1:65535") == Endpoint{"127.0.0.1", 65535});
  CHECK(parse_endpoint("[::1]:8080") == Endpoint{"[::1]", 8080});
  for (const std::string_view text :
       {"", "host", "host:", ":80", "host:0", "host:65536", "host:80:", "a:b:80", "::1:80", "[::1]",
        "[]:80", "[host]:80", "[fe80::1%25eth0]:80", "ho st:80", "host:80/", "http://host:80",
        "host:8x", "ho%6Dst:80", "user@host:80"}) {
    INFO(text);
    CHECK_FALSE(parse_endpoint(text));
  }
}

TEST_CASE("a known address is of a host and a port") {
  const auto v4 = parse_known_address("Host.example:80:127.0.0.1").value();
  CHECK(v4.of == Endpoint{"host.example", 80});
  CHECK(v4.address == "127.0.0.1");
  CHECK(parse_known_address("host:80:::1")->address == "[::1]");
  CHECK(parse_known_address("host:80:[fd00::2]")->address == "[fd00::2]");
  CHECK(parse_known_address("[fd00::1]:80:127.0.0.1")->of == Endpoint{"[fd00::1]", 80});
  for (const std::string_view text :
       {"", "host:80", "host:80:", "host:80:name", "host:80:127.1", "host:0:127.0.0.1",
        "host:80:127.0.0.1,127.0.0.2", "host:80:[127.0.0.1]", "*:80:127.0.0.1",
        "+host:80:127.0.0.1", "-host:80", "host:80:fe80::1%eth0", "[::1:80:127.0.0.1",
        "host:80:[::1"}) {
    INFO(text);
    CHECK_FALSE(parse_known_address(text));
  }
}

TEST_CASE("a connection leads where connect_to says, by the address that is known of it") {
  const Endpoint origin{"name.example", 80};
  const auto route_of = [](const Endpoint& from, std::string_view connect_to,
                           const TextList& resolve) {
    return async_http_pool::route_of(from, {.connect_to = connect_to, .resolve = resolve});
  };
  CHECK_FALSE(route_of(origin, "", {}));
  CHECK(route_of(origin, "other:81", {}) == Endpoint{"other", 81});
  CHECK(route_of(origin, "", {"name.example:80:127.0.0.2"}) == Endpoint{"127.0.0.2", 80});
  CHECK(route_of(origin, "", {"NAME.example:80:::1"}) == Endpoint{"[::1]", 80});
  // The first of several counts; other ports and hosts do not.
  CHECK(route_of(origin, "",
                 {"name.example:81:127.0.0.3", "x.name.example:80:127.0.0.3",
                  "name.example:80:127.0.0.4", "name.example:80:127.0.0.5"}) ==
        Endpoint{"127.0.0.4", 80});
  CHECK_FALSE(route_of(origin, "", {"name.example:443:127.0.0.3"}));
  // What is known of the origin says nothing of where the connection leads.
  CHECK(route_of(origin, "other:81", {"name.example:80:127.0.0.2"}) == Endpoint{"other", 81});
  CHECK(route_of(origin, "other:81", {"other:81:127.0.0.2"}) == Endpoint{"127.0.0.2", 81});
}

TEST_CASE("of several known addresses the first of the family that counts is taken") {
  const Endpoint origin{"name.example", 80};
  const TextList both = {"name.example:80:127.0.0.2", "name.example:80:::2",
                         "name.example:80:127.0.0.3", "name.example:80:::3"};
  const auto host = [&](const TextList& resolve, IpFamily family) {
    return route_of(origin, {.connect_to = {}, .resolve = resolve, .ip_family = family})->host;
  };
  CHECK(host(both, IpFamily::automatic) == "127.0.0.2");
  CHECK(host(both, IpFamily::ipv4) == "127.0.0.2");
  CHECK(host(both, IpFamily::ipv6) == "[::2]");
  // No name server is asked instead: there is no such address then.
  const TextList v4 = {"name.example:80:127.0.0.2", "name.example:80:127.0.0.3"};
  CHECK(host(v4, IpFamily::ipv6) == "127.0.0.2");
}

}  // namespace
}  // namespace async_http_pool
