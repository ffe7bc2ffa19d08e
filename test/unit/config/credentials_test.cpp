#include "config/credentials.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/request.hpp>

#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

RequestConfig named(const std::string& username) {
  return RequestConfig().set_auth({"basic"}).set_username(username).set_password("s3cret");
}

/// "username:password", "Bearer token", "negotiate" or "none".
std::string shown(const RequestConfig& own, const RequestConfig& client,
                  const std::string& url = "https://host.test/path") {
  const RequestConfig merged = client.over(RequestConfig::defaults());
  const auto credentials = credentials_for({own, merged}, url);
  if (!credentials) return "none";
  if (!credentials->bearer_token.empty()) return "Bearer " + credentials->bearer_token;
  if (credentials->schemes == TextList{"negotiate"}) return "negotiate";
  return credentials->username + ":" + credentials->password;
}

}  // namespace

TEST_CASE("Whose credentials are shown, and where") {
  const RequestConfig nothing;
  const RequestConfig here = RequestConfig().set_auth_origin("HTTPS://Host.test:443");
  const RequestConfig elsewhere = RequestConfig().set_auth_origin("http://host.test");
  CHECK(shown(nothing, nothing) == "none");
  CHECK(shown(named("own"), nothing) == "own:s3cret");
  CHECK(shown(here.over(named("own")), nothing) == "own:s3cret");
  CHECK(shown(elsewhere.over(named("own")), nothing) == "none");
  CHECK(shown(nothing, here.over(named("client"))) == "client:s3cret");
  CHECK(shown(nothing, elsewhere.over(named("client"))) == "none");
  CHECK(shown(nothing, here.over(named("client")), "https://host.test:8443/") == "none");
  CHECK(shown(nothing, here.over(named("client")), "https://sub.host.test/") == "none");
  // Without an origin a client's count for none, should they ever get here.
  CHECK(shown(nothing, named("client")) == "none");
}

TEST_CASE("A request's own credentials replace its client's as a whole") {
  const RequestConfig client = named("client").set_auth_origin("https://host.test");
  CHECK(shown(RequestConfig().set_username("own"), client) == "own:");
  CHECK(shown(RequestConfig().set_password("own"), client) == ":own");
  CHECK(shown(RequestConfig().set_bearer_token("t"), client) == "Bearer t");
  CHECK(shown(RequestConfig().set_username(""), client) == "none");
  CHECK(shown(RequestConfig().set_auth_origin(""), client) == "none");
  CHECK(shown(RequestConfig().set_auth({}), client) == "none");
  CHECK(shown(RequestConfig().set_auth({"digest"}), client) == "client:s3cret");
}

TEST_CASE("Negotiate needs no name, but somebody who asks for it or an origin") {
  const RequestConfig negotiate = RequestConfig().set_auth({"negotiate", "basic"});
  CHECK(shown(negotiate, RequestConfig()) == "negotiate");
  CHECK(shown(RequestConfig(), negotiate) == "none");
  RequestConfig bound = negotiate;
  bound.set_auth_origin("https://host.test");
  CHECK(shown(RequestConfig(), bound) == "negotiate");
  CHECK(shown(RequestConfig(), bound, "https://other.test/") == "none");
}

TEST_CASE(
    "A client's word for negotiate counts at its origin, whatever a request sets of its own") {
  const std::string evil = "https://evil.test/";
  const RequestConfig client =
      RequestConfig().set_auth({"negotiate"}).set_auth_origin("https://host.test");
  for (const RequestConfig& own :
       {RequestConfig().set_bearer_token(""), RequestConfig().set_username(""),
        RequestConfig().set_password(""), RequestConfig().set_auth_origin(""),
        RequestConfig().set_auth_origin("https://evil.test"),
        RequestConfig().set_username("own").set_password("s3cret")}) {
    INFO(own.to_value().to_json());
    CHECK(shown(own, client, evil) == "none");
    CHECK(shown(without_unbound_credentials(own), client, evil) == "none");
  }
  const RequestConfig willing = RequestConfig().set_auth({"negotiate"}).set_username("");
  CHECK(shown(willing, client, evil) == "negotiate");
  CHECK(shown(without_unbound_credentials(willing), client, evil) == "none");
  // The other schemes are what a request's own name and password go by.
  RequestConfig lax = client;
  lax.set_auth({"negotiate", "basic"});
  CHECK(shown(RequestConfig().set_username("own").set_password("p"), lax, evil) == "own:p");
}

TEST_CASE("On the way to another origin certificates and dangers of the request stay behind") {
  const std::string pem = "-----BEGIN X-----\n-----END X-----";
  const RequestConfig own = RequestConfig()
                                .set_client_cert_file("c")
                                .set_client_cert_pem(pem)
                                .set_client_cert_p12("AAAA")
                                .set_client_key_file("k")
                                .set_client_key_pem(pem)
                                .set_client_key_password("s3cret")
                                .set_client_cert_type(CertificateFormat::p12)
                                .set_danger_accept_invalid_certs(true)
                                .set_danger_accept_invalid_hosts(true)
                                .set_auth_origin("https://host.test");
  const RequestConfig left = without_unbound_credentials(own);
  CHECK(left == RequestConfig(own)
                    .set_client_cert_file("")
                    .set_client_cert_pem("")
                    .set_client_cert_p12("")
                    .set_client_key_file("")
                    .set_client_key_pem("")
                    .set_client_key_password("")
                    .set_danger_accept_invalid_certs(false)
                    .set_danger_accept_invalid_hosts(false));
  // Nothing is set that was not: the client's goes on.
  const RequestConfig others = RequestConfig().set_ca_file("ca").set_client_key_file("k");
  CHECK(without_unbound_credentials(others) == RequestConfig(others).set_client_key_file(""));
}

TEST_CASE("Schemes without a name, and a name without schemes, show nothing") {
  CHECK(shown(RequestConfig().set_auth({"basic", "digest"}), RequestConfig()) == "none");
  CHECK(shown(RequestConfig().set_username("u").set_password("p"), RequestConfig()) == "none");
}

TEST_CASE("On the way to another origin credentials stay behind unless they name theirs") {
  const RequestConfig client = named("client").set_auth_origin("https://host.test");
  for (const RequestConfig& own : {named("own"), RequestConfig().set_bearer_token("t"),
                                   RequestConfig().set_auth({"negotiate"})}) {
    const RequestConfig left = without_unbound_credentials(own);
    CHECK(shown(left, RequestConfig()) == "none");
    CHECK(left.to_value().to_json().find("s3cret") == std::string::npos);
  }
  CHECK(shown(without_unbound_credentials(named("own")), client) == "none");
  RequestConfig bound = named("own");
  bound.set_auth_origin("https://host.test");
  CHECK(without_unbound_credentials(bound) == bound);
  const RequestConfig others = RequestConfig().set_retries(1);
  CHECK(without_unbound_credentials(others) == others);
}

TEST_CASE("Credentials of a client are refused unless they say for which origin") {
  Configuration configuration;
  const auto refusal = [&](const RequestConfig& config) {
    return refusal_of([&] { return configuration.set_request_config(config); });
  };
  const std::string expected = "credentials of a client need an auth_origin";
  CHECK(refusal(named("u")) == expected);
  CHECK(refusal(RequestConfig().set_password("s3cret")) == expected);
  CHECK(refusal(RequestConfig().set_bearer_token("s3cret")) == expected);
  CHECK(configuration.request_config() == RequestConfig::defaults());
  configuration.set_request_config(named("u").set_auth_origin("https://host.test"));
  CHECK(refusal(RequestConfig().set_auth_origin("")) == expected);
  CHECK(refusal(RequestConfig().set_bearer_token("s3cret")) ==
        "cannot provide both bearer_token and username or password");
  CHECK(*configuration.request_config().username() == "u");
}

TEST_CASE("A request has credentials in one form only") {
  const auto refusal = [](const RequestConfig& config, bool has_header) {
    RequestBuilder builder = Request::get("https://host.test/");
    if (has_header) builder.header("Authorization", "Mine s3cret");
    builder.config(config);
    return refusal_of([&] { return builder.build(); });
  };
  const std::string both = "cannot provide both credentials and an authorization header";
  const RequestConfig bearer = RequestConfig().set_bearer_token("s3cret");
  CHECK(refusal(named("u"), true) == both);
  CHECK(refusal(RequestConfig().set_password("s3cret"), true) == both);
  CHECK(refusal(bearer, true) == both);
  CHECK(refusal(bearer.over(named("u")), false) ==
        "cannot provide both bearer_token and username or password");
  CHECK_NOTHROW(Request::get("https://host.test/").config(named("u")).build());
  CHECK_NOTHROW(Request::get("https://host.test/")
                    .header("authorization", "x")
                    .config(RequestConfig().set_username("").set_auth({"basic"}))
                    .build());
}

TEST_CASE("What cannot be sent as a credential is refused, and not shown") {
  struct Row {
    const char* option;
    std::string value;
  };
  const Row rows[] = {{"username", "s3cret:x"},
                      {"username", "s3cret\n"},
                      {"username", "s3cret\xFF"},
                      {"password", "s3cret\r\nX: y"},
                      {"password", std::string("s3cret\0", 7)},
                      {"password", "s3cret\xC3"},
                      {"bearer_token", "s3cret x"},
                      {"bearer_token", "s3cret\n"},
                      {"bearer_token", "s3=cret"},
                      {"bearer_token", "="},
                      {"bearer_token", "s3cret\xC3\xA4"},
                      {"auth_origin", "https://user:s3cret@host.test"}};
  for (const Row& row : rows) {
    INFO(row.option << " " << row.value);
    RequestConfig config;
    const std::string message = refusal_of([&] { return config.set(row.option, row.value); });
    CHECK(message.starts_with(std::string(row.option) + " must be "));
    CHECK(message.find("s3cret") == std::string::npos);
    CHECK(config.empty());
  }
  CHECK_NOTHROW(RequestConfig()
                    .set_username("\xC3\xA4 b")
                    .set_password(": \xC3\xA4")
                    .set_bearer_token("aZ09-._~+/=="));
}

TEST_CASE("Schemes and origins are those that there are") {
  CHECK(refusal_of([] {
          return RequestConfig().set_auth({"basic", "ntlm"});
        }) == "auth must be of basic, digest, negotiate, got: \"ntlm\"");
  CHECK_THROWS_AS(RequestConfig().set_auth({"Basic"}), std::invalid_argument);
  for (const char* origin : {"host.test", "ftp://host.test", "https://host.test/path",
                             "https://host.test/?q", "https://host.test#f", "https://", "*"}) {
    INFO(origin);
    CHECK_THROWS_AS(RequestConfig().set_auth_origin(origin), std::invalid_argument);
  }
  CHECK_NOTHROW(RequestConfig().set_auth_origin("https://host.test/"));
  CHECK_NOTHROW(RequestConfig().set_auth_origin("http://[::1]:8080"));
}

}  // namespace async_http_pool
