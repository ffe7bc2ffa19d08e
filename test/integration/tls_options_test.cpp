// The options of TLS, as the server sees them.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/encoding.hpp"
#include "support/nginx_server.hpp"
#include "support/recording_logger.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

NginxOptions with_identity(const ServerIdentity& identity) {
  return {.identity = identity,
          .locations =
              "location = /tls { return 200 \"$ssl_protocol $ssl_cipher\"; }\n"
              "location = /client { return 200 \"$ssl_client_s_dn\"; }"};
}

/// Wants a certificate of its clients; `verify` is on or optional.
NginxOptions asking_for_clients(const std::string& verify) {
  NginxOptions options = with_identity(certificates().good());
  options.tls_directives = "ssl_verify_client " + verify + "; ssl_client_certificate " +
                           certificates().client_ca_file() + ";";
  return options;
}

RequestConfig trusting() { return RequestConfig().set_ca_file(certificates().ca_file()); }

Outcome get(RunningProcessor& processor, const std::string& url, const RequestConfig& config) {
  return processor.run(Request::get(url).config(config).build());
}

/// By a processor of its own, so that there is no connection yet.
Outcome get(const std::string& url, const RequestConfig& config) {
  RunningProcessor processor;
  return get(processor, url, config);
}

}  // namespace

TEST_CASE("authorities are trusted that a file, a directory or a text names, and no others") {
  NginxServer server(with_identity(certificates().good()));
  const std::string url = server.tls_url("/tiny");
  const std::string pem = content_of(certificates().ca_file());
  const std::string other_pem = content_of(certificates().other_ca_file());
  const std::vector<std::pair<const char*, RequestConfig>> good = {
      {"ca_file", trusting()},
      {"ca_path", RequestConfig().set_ca_path(certificates().ca_directory())},
      {"ca_pem", RequestConfig().set_ca_pem(pem)},
      {"ca_pem, two", RequestConfig().set_ca_pem(other_pem + pem)},
      {"another file beside the directory", RequestConfig()
                                                .set_ca_file(certificates().other_ca_file())
                                                .set_ca_path(certificates().ca_directory())},
      {"another text beside the directory",
       RequestConfig().set_ca_pem(other_pem).set_ca_path(certificates().ca_directory())}};
  for (const auto& [title, config] : good) {
    INFO(title);
    CHECK(get(url, config).summary() == "response 200");
  }
  const std::vector<std::pair<const char*, RequestConfig>> bad = {
      {"nothing", RequestConfig()},
      {"another file", RequestConfig().set_ca_file(certificates().other_ca_file())},
      {"another text", RequestConfig().set_ca_pem(other_pem)}};
  for (const auto& [title, config] : bad) {
    INFO(title);
    CHECK(get(url, config).summary() == "ssl tls_verification");
  }
}

TEST_CASE("a request that names authorities has none of its client's") {
  NginxServer server(with_identity(certificates().good()));
  const std::string url = server.tls_url("/tiny");
  const std::string pem = content_of(certificates().ca_file());
  const std::string other_pem = content_of(certificates().other_ca_file());
  RunningProcessor trusting_file(test_configuration().set_ca_file(certificates().ca_file()));
  CHECK(get(trusting_file, url, {}).summary() == "response 200");
  CHECK(get(trusting_file, url, RequestConfig().set_ca_pem(other_pem)).summary() ==
        "ssl tls_verification");
  CHECK(get(trusting_file, url, RequestConfig().set_ca_file("")).summary() ==
        "ssl tls_verification");
  RunningProcessor trusting_text(
      test_configuration().set_request_config(RequestConfig().set_ca_pem(pem)));
  CHECK(get(trusting_text, url, {}).summary() == "response 200");
  CHECK(get(trusting_text, url, RequestConfig().set_ca_file(certificates().other_ca_file()))
            .summary() == "ssl tls_verification");
  RunningProcessor wrong(test_configuration().set_ca_file(certificates().other_ca_file()));
  CHECK(get(wrong, url, RequestConfig().set_ca_pem(pem)).summary() == "response 200");
}

TEST_CASE("authorities hold for an https proxy, too; what is said of the server does not") {
  NginxServer proxy(with_identity(certificates().good()));  // answers for any host
  NginxServer expired(with_identity(certificates().expired()));
  const std::string url = "http://async-http-pool.test/tiny";
  const auto through = [](const NginxServer& server) {
    return RequestConfig().set_proxy_url(server.tls_url(""));
  };
  const std::string pem = content_of(certificates().ca_file());
  CHECK(get(url, through(proxy).set_ca_file(certificates().ca_file())).body() == "ok");
  CHECK(get(url, through(proxy).set_ca_path(certificates().ca_directory())).body() == "ok");
  CHECK(get(url, through(proxy).set_ca_pem(pem)).body() == "ok");
  CHECK(get(url, through(proxy)).is_error());
  CHECK(get(url, through(proxy).set_ca_pem(content_of(certificates().other_ca_file()))).is_error());
  CHECK(get(url, through(expired)
                     .set_ca_pem(pem)
                     .set_danger_accept_invalid_certs(true)
                     .set_danger_accept_invalid_hosts(true))
            .is_error());
}

TEST_CASE("a client shows its certificate in whatever form it is given") {
  NginxServer server(asking_for_clients("on"));
  const std::string url = server.tls_url("/client");
  const ClientIdentity& client = certificates().client();
  const std::string pem = content_of(client.certificate_file);
  const std::string key = content_of(client.key_file);
  const std::string p12 = base64(content_of(client.p12_file));
  const std::vector<std::pair<const char*, RequestConfig>> rows = {
      {"files", trusting()
                    .set_client_cert_file(client.certificate_file)
                    .set_client_key_file(client.key_file)},
      {"an encrypted key", trusting()
                               .set_client_cert_file(client.certificate_file)
                               .set_client_key_file(client.encrypted_key_file)
                               .set_client_key_password(client.password)},
      {"texts", trusting().set_client_cert_pem(pem).set_client_key_pem(key)},
      {"one text", trusting().set_client_cert_pem(pem + key)},
      {"an encrypted text", trusting()
                                .set_client_cert_pem(pem)
                                .set_client_key_pem(content_of(client.encrypted_key_file))
                                .set_client_key_password(client.password)},
      {"a file and a text",
       trusting().set_client_cert_file(client.certificate_file).set_client_key_pem(key)},
      {"PKCS#12 as a file", trusting()
                                .set_client_cert_file(client.p12_file)
                                .set_client_cert_type(CertificateFormat::p12)
                                .set_client_key_password(client.password)},
      {"PKCS#12 in base64",
       trusting().set_client_cert_p12(p12).set_client_key_password(client.password)}};
  for (const auto& [title, config] : rows) {
    INFO(title);
    const Outcome outcome = get(url, config);
    CHECK(outcome.summary() == "response 200");
    if (outcome.is_response()) CHECK(outcome.body() == "CN=client");
  }
}

TEST_CASE("the certificate of a request is its own, and nothing of its client's goes with it") {
  NginxServer server(asking_for_clients("optional_no_ca"));
  const std::string url = server.tls_url("/client");
  const ClientIdentity& client = certificates().client();
  const ClientIdentity& stranger = certificates().stranger();
  RunningProcessor processor(
      test_configuration().set_request_config(trusting()
                                                  .set_client_cert_file(client.p12_file)
                                                  .set_client_cert_type(CertificateFormat::p12)
                                                  .set_client_key_password(client.password)));
  const RequestConfig as_stranger = RequestConfig()
                                        .set_client_cert_file(stranger.certificate_file)
                                        .set_client_key_file(stranger.key_file);
  const RequestConfig as_nobody = RequestConfig().set_client_cert_file("");
  for (int round = 0; round < 3; ++round) {
    CHECK(get(processor, url, {}).body() == "CN=client");
    CHECK(get(processor, url, as_stranger).body() == "CN=stranger");
    CHECK(get(processor, url, as_nobody).body().empty());
  }
  // One for each identity; but before libcurl 8.21 the request's own has a new one each time.
  const std::size_t connections = server.accepted_connections();
  CHECK((connections == 3 || connections == 5));
}

TEST_CASE("what cannot be used is an error of the configuration, said once and without secrets") {
  NginxServer server(asking_for_clients("on"));
  const std::string url = server.tls_url("/client");
  const ClientIdentity& client = certificates().client();
  const std::string pem = content_of(client.certificate_file);
  const std::string key = content_of(client.key_file);
  const std::string p12 = base64(content_of(client.p12_file));
  const std::string no_certificate =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const RequestConfig with_certificate = trusting().set_client_cert_pem(pem);
  const std::string wrong = "wr0ng password";
  const std::vector<std::pair<const char*, RequestConfig>> rows = {
      {"no such file of authorities", RequestConfig().set_ca_file("/nonexistent/ca.pem")},
      {"no such directory", RequestConfig().set_ca_path("/nonexistent")},
      {"a file for a directory", RequestConfig().set_ca_path(certificates().ca_file())},
      {"no authority in the text", RequestConfig().set_ca_pem(no_certificate)},
      {"two forms of authorities", trusting().set_ca_pem(pem)},
      {"no such certificate", trusting().set_client_cert_file("/nonexistent/client.pem")},
      {"a certificate that is none", trusting().set_client_cert_pem(no_certificate)},
      {"a certificate without a key", with_certificate},
      {"no such key", RequestConfig(with_certificate).set_client_key_file("/nonexistent/key")},
      {"the key of another",
       RequestConfig(with_certificate).set_client_key_file(certificates().stranger().key_file)},
      {"a wrong password", RequestConfig(with_certificate)
                               .set_client_key_file(client.encrypted_key_file)
                               .set_client_key_password(wrong)},
      {"no password",
       RequestConfig(with_certificate).set_client_key_file(client.encrypted_key_file)},
      {"a wrong password of PKCS#12",
       trusting().set_client_cert_p12(p12).set_client_key_password(wrong)},
      {"no PKCS#12", trusting().set_client_cert_p12(base64("nonsense"))},
      {"PKCS#12 as PEM", trusting().set_client_cert_file(client.p12_file)},
      {"a key without a certificate", trusting().set_client_key_pem(key)},
      {"two certificates", RequestConfig(with_certificate)
                               .set_client_key_pem(key)
                               .set_client_cert_file(client.certificate_file)},
      {"two keys", RequestConfig(with_certificate)
                       .set_client_key_pem(key)
                       .set_client_key_file(client.key_file)},
      {"a key beside PKCS#12",
       trusting().set_client_cert_p12(p12).set_client_key_pem(key).set_client_key_password(
           client.password)},
      {"no such cipher", trusting().set_tls_ciphers("NONSENSE")},
      {"no such cipher of TLS 1.3", trusting().set_tls13_ciphers("TLS_NONSENSE")},
      {"the newest version before the oldest",
       trusting().set_min_tls_version(TlsVersion::v1_3).set_max_tls_version(TlsVersion::v1_2)}};
  for (const auto& [title, config] : rows) {
    INFO(title);
    const std::size_t before = server.accepted_connections();
    RunningProcessor processor(test_configuration().set_retries(3));
    const Outcome outcome = get(processor, url, config);
    CHECK(outcome.summary() == "ssl tls_configuration");
    if (!outcome.is_error()) continue;
    CHECK_FALSE(outcome.error().message().empty());
    CHECK(outcome.error().message().find(wrong) == std::string::npos);
    CHECK(outcome.error().message().find("PRIVATE") == std::string::npos);
    CHECK(server.accepted_connections() - before <= 1);
  }
}

TEST_CASE("versions are spoken from the oldest to the newest that is allowed") {
  NginxServer both(with_identity(certificates().good()));
  NginxOptions old_options = with_identity(certificates().good());
  old_options.tls_protocols = "TLSv1.1";
  NginxServer old(old_options);
  old_options.tls_protocols = "TLSv1.2";
  NginxServer twelve(old_options);
  const auto spoken = [](const NginxServer& server, const RequestConfig& config) {
    const Outcome outcome = get(server.tls_url("/tls"), config);
    return outcome.is_error() ? outcome.summary()
                              : outcome.body().substr(0, outcome.body().find(' '));
  };
  CHECK(spoken(both, trusting()) == "TLSv1.3");
  CHECK(spoken(both, trusting().set_max_tls_version(TlsVersion::v1_2)) == "TLSv1.2");
  CHECK(spoken(both, trusting().set_min_tls_version(TlsVersion::v1_3)) == "TLSv1.3");
  CHECK(spoken(twelve, trusting()) == "TLSv1.2");
  CHECK(spoken(twelve, trusting().set_min_tls_version(TlsVersion::v1_3)) == "ssl tls_handshake");
  const RequestConfig lax = trusting().set_tls_ciphers("DEFAULT@SECLEVEL=0");
  CHECK(spoken(old, lax) == "ssl tls_handshake");
  CHECK(spoken(old, RequestConfig(lax).set_min_tls_version(TlsVersion::v1_1)) == "TLSv1.1");
  CHECK(spoken(old, RequestConfig(lax).set_min_tls_version(TlsVersion::v1_0)) == "TLSv1.1");
}

TEST_CASE("the ciphers are those that are allowed") {
  NginxServer server(with_identity(certificates().good()));
  const std::string url = server.tls_url("/tls");
  for (const std::string cipher :
       {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    CHECK(
        get(url, trusting().set_max_tls_version(TlsVersion::v1_2).set_tls_ciphers(cipher)).body() ==
        "TLSv1.2 " + cipher);
  }
  for (const std::string cipher : {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}) {
    CHECK(get(url, trusting().set_tls13_ciphers(cipher)).body() == "TLSv1.3 " + cipher);
  }
}

TEST_CASE("hard case 119: a server whose key is not the pinned one gets no request") {
  NginxServer server(with_identity(certificates().good()));
  NginxServer self_signed(with_identity(certificates().self_signed()));
  const std::string url = server.tls_url("/tiny");
  const std::string good = certificates().good_pin();
  const std::string wrong = "sha256//" + base64(std::string(32, 'x'));
  CHECK(get(url, trusting().set_pinned_public_key(good)).body() == "ok");
  CHECK(get(url, trusting().set_pinned_public_key(wrong + ";" + good)).body() == "ok");
  CHECK(get(url, trusting().set_pinned_public_key(wrong)).summary() == "ssl tls_verification");
  // It comes on top: it neither replaces the authority nor goes with the verification.
  CHECK(get(url, RequestConfig().set_pinned_public_key(good)).summary() == "ssl tls_verification");
  const RequestConfig careless = RequestConfig()
                                     .set_danger_accept_invalid_certs(true)
                                     .set_danger_accept_invalid_hosts(true)
                                     .set_pinned_public_key(good);
  CHECK(get(url, careless).body() == "ok");
  CHECK(get(self_signed.tls_url("/tiny"), careless).summary() == "ssl tls_verification");
}

TEST_CASE("each danger is accepted for itself") {
  NginxServer self_signed(with_identity(certificates().self_signed()));
  NginxServer expired(with_identity(certificates().expired()));
  NginxServer wrong_host(with_identity(certificates().wrong_host()));
  NginxServer unknown(with_identity(certificates().good()));
  const RequestConfig any_cert = trusting().set_danger_accept_invalid_certs(true);
  const RequestConfig any_host = trusting().set_danger_accept_invalid_hosts(true);
  const RequestConfig any = RequestConfig(any_cert).set_danger_accept_invalid_hosts(true);
  CHECK(get(self_signed.tls_url("/tiny"), any_cert).body() == "ok");
  CHECK(get(expired.tls_url("/tiny"), any_cert).body() == "ok");
  CHECK(
      get(unknown.tls_url("/tiny"), RequestConfig().set_danger_accept_invalid_certs(true)).body() ==
      "ok");
  CHECK(get(wrong_host.tls_url("/tiny"), any_cert).summary() == "ssl tls_verification");
  CHECK(get(wrong_host.tls_url("/tiny"), any_host).body() == "ok");
  CHECK(get(self_signed.tls_url("/tiny"), any_host).summary() == "ssl tls_verification");
  CHECK(get(expired.tls_url("/tiny"), any_host).summary() == "ssl tls_verification");
  CHECK(get(wrong_host.tls_url("/tiny"), any).body() == "ok");
}

TEST_CASE("a connection serves only requests that would have made the same one") {
  const auto lane_size = GENERATE(1, 128);
  const bool http2 = GENERATE(true, false);
  CAPTURE(lane_size, http2);
  NginxOptions options = with_identity(certificates().good());
  options.http2 = http2;
  NginxServer server(options);
  RunningProcessor processor(test_configuration().set_retries(0).set_lane_size(lane_size));
  const std::string url = server.tls_url("/tiny");
  const auto summary_of = [&](const RequestConfig& config) {
    return get(processor, url, config).summary();
  };
  const RequestConfig careless = RequestConfig().set_danger_accept_invalid_certs(true);
  const std::string wrong_pin = "sha256//" + base64(std::string(32, 'x'));
  const RequestConfig pinned = trusting().set_pinned_public_key(certificates().good_pin());
  // Twice: at the second time there are sessions to resume besides connections.
  for (int round = 0; round < 2; ++round) {
    CHECK(summary_of(careless) == "response 200");
    CHECK(summary_of({}) == "ssl tls_verification");
    CHECK(summary_of(RequestConfig().set_danger_accept_invalid_hosts(true)) ==
          "ssl tls_verification");
    CHECK(summary_of(trusting()) == "response 200");
    CHECK(summary_of(trusting().set_pinned_public_key(wrong_pin)) == "ssl tls_verification");
    CHECK(summary_of(pinned) == "response 200");
    CHECK(summary_of(RequestConfig().set_ca_file(certificates().other_ca_file())) ==
          "ssl tls_verification");
    CHECK(summary_of(RequestConfig().set_ca_pem(content_of(certificates().other_ca_file()))) ==
          "ssl tls_verification");
  }
  // Three that did, each once, and ten that did not.
  CHECK(server.accepted_connections() == 13);
}

TEST_CASE("requests under way at once keep apart what each accepts") {
  NginxServer server(with_identity(certificates().self_signed()));
  RunningProcessor processor(test_configuration().set_retries(0));
  const Request careless = Request::get(server.tls_url("/tiny"))
                               .config(RequestConfig().set_danger_accept_invalid_certs(true))
                               .build();
  const Request careful = Request::get(server.tls_url("/tiny")).build();
  std::vector<std::shared_ptr<RecordingHandler>> accepting;
  std::vector<std::shared_ptr<RecordingHandler>> refusing;
  for (int i = 0; i < 30; ++i) {
    accepting.push_back(processor.begin(careless));
    refusing.push_back(processor.begin(careful));
  }
  for (const auto& handler : accepting) CHECK(handler->outcome().summary() == "response 200");
  for (const auto& handler : refusing)
    CHECK(handler->outcome().summary() == "ssl tls_verification");
}

TEST_CASE("a processor warns once when it accepts what it should not from every server") {
  const auto logger = std::make_shared<RecordingLogger>();
  Configuration configuration = test_configuration().set_logger(logger);
  { const Processor quiet(configuration); }
  CHECK_FALSE(logger->contains("warn"));
  configuration.set_request_config(RequestConfig().set_danger_accept_invalid_hosts(true));
  NginxServer server(with_identity(certificates().wrong_host()));
  RunningProcessor processor(configuration.set_ca_file(certificates().ca_file()));
  CHECK(processor.get(server.tls_url("/tiny")).body() == "ok");
  const std::string text = logger->text();
  const std::string warning = "warn danger_accept_invalid_hosts is set for all requests";
  REQUIRE(text.find(warning) != std::string::npos);
  CHECK(text.find(warning) == text.rfind(warning));
  CHECK(text.find("danger_accept_invalid_certs") == std::string::npos);
}
