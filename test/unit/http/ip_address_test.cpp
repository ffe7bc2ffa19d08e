#include "http/ip_address.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>

namespace async_http_pool {
namespace {

TEST_CASE("both notations of an IPv4 address are one address") {
  CHECK(parse_ip_address("192.0.2.1") == ipv4_address({192, 0, 2, 1}));
  CHECK(parse_ip_address("::ffff:192.0.2.1") == ipv4_address({192, 0, 2, 1}));
  CHECK(parse_ip_address("::FFFF:C000:201") == ipv4_address({192, 0, 2, 1}));
  CHECK(parse_ip_address("192.0.2.1")->is_v4());
  CHECK_FALSE(parse_ip_address("::192.0.2.1")->is_v4());
  CHECK_FALSE(parse_ip_address("::1")->is_v4());
}

TEST_CASE("what is no plain address is none") {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "0x7f.0.0.1"sv, "2130706433"sv, "127.1"sv,
        "0177.0.0.1"sv, " 127.0.0.1"sv, "127.0.0.1 "sv, "127.0.0.1\0"sv, "127.0.0.1\0x"sv,
        "[::1]"sv, "fe80::1%eth0"sv, "::1::"sv, "localhost"sv, "12345::"sv,
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"sv}) {
    INFO(text);
    CHECK_FALSE(parse_ip_address(text));
  }
}

TEST_CASE("a range is an address, or a network of as many bits as its prefix says") {
  CHECK(parse_address_range("10.0.0.0/8")->prefix == 104);
  CHECK(parse_address_range("10.0.0.1")->prefix == 128);
  CHECK(parse_address_range("fd00::/8")->prefix == 8);
  CHECK(parse_address_range("::/0")->prefix == 0);
  CHECK(parse_address_range("::ffff:10.0.0.0/104")->contains(ipv4_address({10, 9, 8, 7})));
  for (const std::string_view text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ",
        "10.0.0.1/8", "10.0.0.0/8/8", "fd00::/129", "fd00::1/8", "host/8", "10.0.0.0/0x8"}) {
    INFO(text);
    CHECK_FALSE(parse_address_range(text));
  }
}

TEST_CASE("a prefix may end inside a byte") {
  const auto range = parse_address_range("172.16.0.0/12").value();
  CHECK(range.contains(ipv4_address({172, 16, 0, 0})));
  CHECK(range.contains(ipv4_address({172, 31, 255, 255})));
  CHECK_FALSE(range.contains(ipv4_address({172, 32, 0, 0})));
  CHECK_FALSE(range.contains(ipv4_address({172, 15, 255, 255})));
}

}  // namespace
}  // namespace async_http_pool
