#include "config/proxy_choice.hpp"

#include "config/environment_proxy.hpp"

#include "support/catch.hpp"
#include "support/environment_variable.hpp"

#include <string>

namespace async_http_pool {

using test::EnvironmentVariable;

TEST_CASE("The proxy of a request follows from its options and its host") {
  struct Row {
    std::string proxy_url;
    TextList no_proxy;
    bool asks_environment;
    ProxyKind kind;
  };
  const Row rows[] = {{"", {}, false, ProxyKind::none},
                      {"http://p", {}, false, ProxyKind::http},
                      {"HTTPS://p", {}, false, ProxyKind::https},
                      {"socks4://p", {}, false, ProxyKind::socks},
                      {"socks4a://p", {}, false, ProxyKind::socks},
                      {"socks5://p", {}, false, ProxyKind::socks},
                      {"Socks5h://u:p@p", {}, false, ProxyKind::socks},
                      {"http://p", {"host.test"}, false, ProxyKind::none},
                      {"http://p", {"other.test"}, false, ProxyKind::http},
                      {"", {}, true, ProxyKind::socks},
                      {"", {"host.test"}, true, ProxyKind::none},
                      {"", {}, false, ProxyKind::none},
                      {"http://p", {}, true, ProxyKind::http},
                      {"http://p", {"*"}, true, ProxyKind::none}};
  const EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  const EnvironmentVariable found("https_proxy", "socks5://found");
  const RequestConfig client = RequestConfig::defaults();
  for (const Row& row : rows) {
    INFO(row.proxy_url);
    const RequestConfig own = RequestConfig()
                                  .set_proxy_url(row.proxy_url)
                                  .set_no_proxy(row.no_proxy)
                                  .set_proxy_from_environment(row.asks_environment);
    CHECK(proxy_for({own, client}, "https://www.host.test:8443/other.example") == row.kind);
  }
}

TEST_CASE("What leads to a unix socket goes through no proxy") {
  const RequestConfig client = RequestConfig::defaults();
  const RequestConfig own = RequestConfig().set_proxy_url("http://p").set_unix_socket("/s");
  CHECK(proxy_for({own, client}, "http://host.test/") == ProxyKind::none);
  CHECK(proxy_url_for({own, client}, "http://host.test/").empty());
}

TEST_CASE("The environment names a proxy for a scheme, or for all") {
  const std::string http = "http://host.test/";
  const std::string https = "https://www.host.test:8443/";
  const EnvironmentVariable nothing("NO_PROXY", "");  // the tests are run with "*"
  CHECK(proxy_of_environment(http).empty());
  {
    const EnvironmentVariable forged("HTTP_PROXY", "http://cgi");  // a client's "Proxy" field
    const EnvironmentVariable upper("HTTPS_PROXY", "http://upper");
    CHECK(proxy_of_environment(http).empty());
    CHECK(proxy_of_environment(https) == "http://upper");
    const EnvironmentVariable lower("https_proxy", "lower:3128");
    CHECK(proxy_of_environment(https) == "http://lower:3128");
    const EnvironmentVariable all("all_proxy", "socks5h://all");
    CHECK(proxy_of_environment(http) == "socks5h://all");
    CHECK(proxy_of_environment(https) == "http://lower:3128");
    const EnvironmentVariable plain("http_proxy", "");  // as good as unset
    CHECK(proxy_of_environment(http) == "socks5h://all");
  }
  const EnvironmentVariable all("ALL_PROXY", "http://all");
  CHECK(proxy_of_environment(http) == "http://all");
  for (const char* list : {"host.test", ".host.test", "a, host.test", "a\t, ,host.test.,b", "*",
                           "other:80,HOST.test"}) {
    INFO(list);
    const EnvironmentVariable exempt("NO_PROXY", list);
    CHECK(proxy_of_environment(http).empty());
    CHECK(proxy_of_environment(https).empty());
    const EnvironmentVariable none("no_proxy", "other.test");
    CHECK(proxy_of_environment(http) == "http://all");
  }
  for (const char* list : {",", " ", ".", "..", ",,", "ost.test", "host.test:80", "host"}) {
    INFO(list);
    const EnvironmentVariable exempt("no_proxy", list);
    CHECK(proxy_of_environment(http) == "http://all");
  }
}

}  // namespace async_http_pool
