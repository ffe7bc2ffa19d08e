#include "http/address_policy.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>

namespace async_http_pool {
namespace {

bool is_public(std::string_view text) {
  INFO(text);
  const auto address = parse_ip_address(text);
  REQUIRE(address);
  return is_public_address(*address);
}

TEST_CASE("special-purpose IPv4 addresses are not public, from the first of a block to the last") {
  for (const std::string_view text :
       {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
        "100.64.0.0",      "100.127.255.255", "100.100.100.200", "127.0.0.1",
        "127.255.255.255", "168.63.129.16",   "169.254.0.0",     "169.254.169.254",
        "169.254.255.255", "172.16.0.0",      "172.31.255.255",  "192.0.0.0",
        "192.0.0.192",     "192.0.0.255",     "192.0.2.0",       "192.0.2.255",
        "192.88.99.1",     "192.168.0.0",     "192.168.255.255", "198.18.0.0",
        "198.19.255.255",  "198.51.100.7",    "203.0.113.255",   "224.0.0.0",
        "239.255.255.255", "240.0.0.0",       "255.255.255.255"}) {
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("the neighbours of the special-purpose IPv4 blocks are public") {
  for (const std::string_view text :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",      "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",       "168.63.129.15", "168.63.129.17",   "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",    "191.255.255.255", "192.0.1.0",
        "192.0.3.0",       "192.88.98.255",   "192.88.100.0",  "192.167.255.255", "192.169.0.0",
        "198.17.255.255",  "198.20.0.0",      "198.51.99.255", "198.51.101.0",    "203.0.112.255",
        "203.0.114.0",     "223.255.255.255", "8.8.8.8"}) {
    CHECK(is_public(text));
  }
}

TEST_CASE("IPv6 addresses outside of global unicast are not public") {
  for (const std::string_view text :
       {"::", "::1", "::2", "100::1", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1",
        "febf::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "5f00::1", "1fff::1", "8000::1"}) {
    CHECK_FALSE(is_public(text));
  }
  for (const std::string_view text :
       {"2000::1", "2606:4700:4700::1111", "2a00:1450::1", "3ffe::1", "3fff:1000::1"}) {
    CHECK(is_public(text));
  }
}

TEST_CASE("documentation, benchmark and Teredo addresses are not public") {
  for (const std::string_view text :
       {"2001:db8::1", "2001:db8:ffff::1", "3fff::1", "3fff:fff::1", "2001::1", "2001:0:808:808::1",
        "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff::1"}) {
    CHECK_FALSE(is_public(text));
  }
  CHECK(is_public("2001:200::1"));
  CHECK(is_public("2001:db7::1"));
  CHECK(is_public("2001:db9::1"));
}

TEST_CASE("the look of ISATAP does not make a network of one's own public") {
  for (const std::string_view text :
       {"64:ff9b:1:a00:0:5efe:808:808", "64:1::5efe:808:808", "64:ff9b:1::808:808", "64:ff9b:1::1",
        "fd00::5efe:808:808", "fe80::5efe:808:808", "64:ff9b::1:808:808"}) {
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("an IPv6 address that carries an IPv4 address is what that is") {
  struct Row {
    std::string_view of_private;
    std::string_view of_public;
  };
  constexpr Row rows[] = {
      {"::ffff:127.0.0.1", "::ffff:8.8.8.8"},                   // mapped
      {"::ffff:a9fe:a9fe", "::ffff:808:808"},                   // the same in hex
      {"64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8"},                // NAT64
      {"2002:7f00:1::1", "2002:808:808::1"},                    // 6to4
      {"2002:a9fe:a9fe::", "2002:0808:0808:1::"},               //
      {"2a00:1450::5efe:10.0.0.1", "2a00:1450::5efe:8.8.8.8"},  // ISATAP
      {"2a00:1450::200:5efe:192.168.1.1", "2a00:1450::200:5efe:8.8.8.8"},
  };
  for (const Row& row : rows) {
    CHECK_FALSE(is_public(row.of_private));
    CHECK(is_public(row.of_public));
  }
  // Forms that are deprecated or of somebody's own: never, whatever they carry.
  for (const std::string_view text : {"::8.8.8.8", "::127.0.0.1", "::ffff:0:8.8.8.8",
                                      "64:ff9b:1::8.8.8.8", "64:ff9b::1:808:808"}) {
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("a range contains its addresses in each notation, and no others") {
  const std::vector<std::string> ranges = {"10.1.0.0/16", "127.0.0.1", "fd00:1::/32", "::1"};
  const auto contains = [&](std::string_view text) {
    return is_in_ranges(parse_ip_address(text).value(), ranges);
  };
  for (const std::string_view text :
       {"10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "127.0.0.1", "fd00:1:ffff::", "::1"}) {
    INFO(text);
    CHECK(contains(text));
  }
  for (const std::string_view text : {"10.0.255.255", "10.2.0.0", "127.0.0.2", "fd00:2::", "::",
                                      "::2", "64:ff9b::10.1.2.3", "2002:a01:203::", "::10.1.2.3"}) {
    INFO(text);
    CHECK_FALSE(contains(text));
  }
  CHECK_FALSE(is_in_ranges(parse_ip_address("127.0.0.1").value(), {}));
  CHECK(is_in_ranges(parse_ip_address("127.0.0.1").value(), {"0.0.0.0/0"}));
  CHECK_FALSE(is_in_ranges(parse_ip_address("::1").value(), {"0.0.0.0/0"}));
  CHECK(is_in_ranges(parse_ip_address("127.0.0.1").value(), {"::/0"}));
}

}  // namespace
}  // namespace async_http_pool
