#include "config/no_proxy.hpp"

#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("A host is exempt from the proxy by name, domain, address or network") {
  struct Row {
    const char* host;
    const char* entry;
    bool is_exempt;
  };
  const Row rows[] = {{"example.com", "example.com", true},
                      {"EXAMPLE.com", "example.COM", true},
                      {"www.example.com", "example.com", true},
                      {"www.example.com", ".example.com", true},
                      {"example.com", ".example.com", true},
                      {"example.com.", "example.com", true},
                      {"example.com", "example.com.", true},
                      {"notexample.com", "example.com", false},
                      {"example.com", "www.example.com", false},
                      {"example.com.evil.test", "example.com", false},
                      {"com", "example.com", false},
                      {"anything", "*", true},
                      {"[::1]", "*", true},
                      {"10.1.2.3", "10.1.2.3", true},
                      {"10.1.2.3", "10.1.2.4", false},
                      {"10.1.2.3", "10.0.0.0/8", true},
                      {"11.1.2.3", "10.0.0.0/8", false},
                      {"10.1.2.3", "0.0.0.0/0", true},
                      {"10.1.2.3", "2.3", false},  // no domain
                      {"x.10.1.2.3.test", "10.0.0.0/8", false},
                      {"[::1]", "::1", true},
                      {"[::1]", "[::1]", true},
                      {"[fd00::7]", "fd00::/8", true},
                      {"[fe80::7]", "fd00::/8", false},
                      {"[::1]", "0.0.0.0/0", false},
                      {"10.1.2.3", "example.com", false},
                      {"10.0.0.0.example", "10.0.0.0", false}};
  for (const Row& row : rows) {
    INFO(row.host << " " << row.entry);
    CHECK(is_no_proxy_entry(row.entry));
    CHECK(is_exempt_from_proxy(row.host, {row.entry}) == row.is_exempt);
    CHECK(is_exempt_from_proxy(row.host, {"other.test", row.entry}) == row.is_exempt);
  }
  CHECK_FALSE(is_exempt_from_proxy("example.com", {}));
}

TEST_CASE("What cannot be a host or network has no place in no_proxy") {
  for (const char* entry :
       {"", ".", "a,b", "a b", "example.com:80", "http://example.com", "*.com", "10.0.0.0/33",
        "10.0.0.0/", "10.0.0.1/8", "::1/129", "[::1", "a/8", "10.0.0.0/-1", "a\nb", "user@host"}) {
    INFO(entry);
    CHECK_FALSE(is_no_proxy_entry(entry));
  }
}

}  // namespace async_http_pool
