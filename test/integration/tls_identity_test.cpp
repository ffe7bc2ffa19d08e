// What a request shows and accepts in TLS is its own: nobody else's connections or sessions have
// it.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/loaded_curl.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Says at /client who its client is; `verify` as of ssl_verify_client.
NginxOptions asking_for_clients(const std::string& verify) {
  return {.identity = certificates().good(),
          .tls_directives = "ssl_verify_client " + verify + "; ssl_client_certificate " +
                            certificates().client_ca_file() + ";",
          .locations = "location = /client { return 200 \"$ssl_client_s_dn\"; }"};
}

RequestConfig trusting() { return RequestConfig().set_ca_file(certificates().ca_file()); }

RequestConfig identified(const ClientIdentity& client) {
  return RequestConfig()
      .set_client_cert_file(client.certificate_file)
      .set_client_key_file(client.key_file);
}

Configuration client(const RequestConfig& config) {
  return test_configuration().set_retries(0).set_request_config(config);
}

Outcome get(RunningProcessor& processor, const std::string& url, const RequestConfig& config) {
  return processor.run(Request::get(url).config(config).build());
}

NginxOptions redirecting_to(const std::string& url) {
  NginxOptions options = asking_for_clients("optional");
  options.locations += "location = /away { return 302 " + url +
                       "; }\n"
                       "location = /here { return 302 /client; }";
  return options;
}

}  // namespace

TEST_CASE("a connection that a client's key opened is not used with another key or password") {
  NginxServer server(asking_for_clients("on"));
  const std::string url = server.tls_url("/client");
  const ClientIdentity& identity = certificates().client();
  const RequestConfig right = RequestConfig()
                                  .set_client_cert_file(identity.certificate_file)
                                  .set_client_key_file(identity.encrypted_key_file)
                                  .set_client_key_password(identity.password);
  const RequestConfig wrong_password = RequestConfig(right).set_client_key_password("wrong");
  const RequestConfig wrong_key =
      RequestConfig(right).set_client_key_file(certificates().stranger().key_file);
  const RequestConfig wrong_type =
      RequestConfig(right).set_client_key_file("").set_client_cert_type(CertificateFormat::p12);
  const bool is_clients = GENERATE(false, true);
  CAPTURE(is_clients);
  RunningProcessor processor(client(is_clients ? right.over(trusting()) : trusting()));
  const RequestConfig good = is_clients ? RequestConfig() : right;
  for (int round = 0; round < 2; ++round) {
    CHECK(get(processor, url, good).body() == "CN=client");
    for (const RequestConfig& bad : {wrong_password, wrong_key, wrong_type})
      CHECK(get(processor, url, bad).summary() == "ssl tls_configuration");
  }
}

TEST_CASE("requests with a client's own certificate share a connection, and HTTP/2") {
  NginxServer server(asking_for_clients("on"));
  RunningProcessor processor(client(identified(certificates().client()).over(trusting())));
  for (int i = 0; i < 3; ++i) {
    CHECK(processor.get(server.tls_url("/about"))
              .body()
              .ends_with(std::to_string(i + 1) + " HTTP/2.0"));
  }
}

TEST_CASE("a session that a client's certificate began is not resumed without it") {
  NginxOptions options = asking_for_clients("optional");
  options.tls_protocols = GENERATE("TLSv1.2", "TLSv1.3");
  CAPTURE(options.tls_protocols);
  NginxServer server(options);
  // Where nothing is verified libcurl has fewer marks to tell sessions by, HTTP/2 would be one.
  RunningProcessor processor(client(RequestConfig()
                                        .set_danger_accept_invalid_certs(true)
                                        .set_danger_accept_invalid_hosts(true)
                                        .set_http_version(HttpVersion::http1_1)));
  const std::string url = server.tls_url("/client");
  const RequestConfig nobody = RequestConfig().set_fresh_connection(true);
  const RequestConfig by_text =
      RequestConfig()
          .set_client_cert_pem(content_of(certificates().client().certificate_file))
          .set_client_key_pem(content_of(certificates().client().key_file));
  for (int round = 0; round < 3; ++round) {
    CHECK(get(processor, url, by_text).body() == "CN=client");
    CHECK(get(processor, url, nobody).body().empty());
    CHECK(get(processor, url, identified(certificates().client())).body() == "CN=client");
    CHECK(get(processor, url, nobody).body().empty());
  }
}

TEST_CASE("a request's certificate is shown where a redirect stays, and nowhere else") {
  NginxServer other(asking_for_clients("optional"));
  NginxServer home(redirecting_to(other.tls_url("/client")));
  RunningProcessor processor(client(trusting()));
  const RequestConfig own = identified(certificates().client());
  CHECK(get(processor, home.tls_url("/here"), own).body() == "CN=client");
  CHECK(get(processor, home.tls_url("/away"), own).body().empty());
  RunningProcessor for_all(client(identified(certificates().client()).over(trusting())));
  CHECK(for_all.get(home.tls_url("/away")).body() == "CN=client");
  CHECK(get(for_all, home.tls_url("/away"), own).body().empty());
}

TEST_CASE("a request accepts dangers of the server it asks, not of those it is redirected to") {
  NginxServer unknown({.identity = certificates().self_signed()});
  NginxServer misnamed({.identity = certificates().wrong_host()});
  const RequestConfig own =
      RequestConfig().set_danger_accept_invalid_certs(true).set_danger_accept_invalid_hosts(true);
  for (const std::string& target : {unknown.tls_url("/tiny"), misnamed.tls_url("/tiny")}) {
    NginxServer home({.identity = certificates().self_signed(),
                      .locations = "location = /away { return 302 " + target + "; }\n"});
    RunningProcessor processor(client(trusting()));
    CHECK(get(processor, home.tls_url("/redirect"), own).body() == "ok");
    CHECK(get(processor, home.tls_url("/away"), own).summary() == "ssl tls_verification");
    RunningProcessor careless(client(own.over(trusting())));
    CHECK(careless.get(home.tls_url("/away")).body() == "ok");
  }
}

TEST_CASE("a connection to a proxy that was trusted by one authority is not used by another") {
  NginxServer proxy({.identity = certificates().good()});  // answers for any host
  RunningProcessor processor(client({}));
  const std::string url = "http://async-http-pool.test/tiny";
  const RequestConfig by_proxy = RequestConfig().set_proxy_url(proxy.tls_url(""));
  const RequestConfig good = by_proxy.over(trusting());
  const RequestConfig bad = RequestConfig(by_proxy).set_ca_file(certificates().other_ca_file());
  for (int round = 0; round < 2; ++round) {
    CHECK(get(processor, url, good).body() == "ok");
    CHECK(get(processor, url, bad).is_error());
    CHECK(get(processor, url, by_proxy).is_error());
  }
  if (!loaded_curl_is_before_8()) return;  // 8.22 sees input on them: tickets of TLS 1.3
  CHECK(get(processor, "http://async-http-pool.test/about", good).body().ends_with(" 3 HTTP/1.1"));
}

TEST_CASE("a connection for one request alone is not offered as HTTP/2, which others would join") {
  NginxServer server({.identity = certificates().good()});
  RunningProcessor processor(client(trusting()));
  const auto spoken = [&](const RequestConfig& config) {
    const std::string body = get(processor, server.tls_url("/about"), config).body();
    return body.substr(body.rfind(' ') + 1);
  };
  CHECK(spoken({}) == "HTTP/2.0");
  CHECK(spoken(RequestConfig().set_no_reuse(true)) == "HTTP/1.1");
  CHECK(spoken(RequestConfig().set_fresh_connection(true)) == "HTTP/1.1");
  CHECK(spoken(RequestConfig().set_interface("127.0.0.1")) == "HTTP/1.1");
  CHECK(spoken(RequestConfig().set_no_reuse(false).set_interface("")) == "HTTP/2.0");
}
