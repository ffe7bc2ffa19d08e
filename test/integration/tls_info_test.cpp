// What responses tell of TLS.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

Request keeping_certificates(const std::string& url) {
  return Request::get(url).config(RequestConfig().set_keep_peer_certificates(true)).build();
}

}  // namespace

TEST_CASE("a response tells version, cipher and protocol that TLS agreed on") {
  struct Case {
    bool http2;
    const char* versions;
    TlsInfo expected;
  };
  const Case example = GENERATE(
      Case{true,
           "TLSv1.3",
           {.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384", .alpn = "h2"}},
      Case{false,
           "TLSv1.3",
           {.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384", .alpn = "http/1.1"}},
      Case{true,
           "TLSv1.2",
           {.version = "TLSv1.2", .cipher = "ECDHE-ECDSA-AES256-GCM-SHA384", .alpn = "h2"}});
  NginxServer server({.identity = certificates().good(),
                      .tls_protocols = example.versions,
                      .http2 = example.http2});
  RunningProcessor processor(trusting());
  for (int i = 0; i < 2; ++i) {  // on a new connection, and on one used before
    const Outcome outcome = processor.get(server.tls_url("/tiny"));
    REQUIRE(outcome.response().tls());
    CHECK(outcome.response().tls()->version == example.expected.version);
    CHECK(outcome.response().tls()->cipher == example.expected.cipher);
    CHECK(outcome.response().tls()->alpn == example.expected.alpn);
    CHECK(outcome.response().tls()->peer_certificates.empty());
  }
}

TEST_CASE("a response without TLS tells none") {
  DynamicServer server;
  RunningProcessor processor(trusting());
  CHECK_FALSE(processor.run(keeping_certificates(server.url("/bytes/1"))).response().tls());
}

TEST_CASE("keep_peer_certificates gives the chain as the server shows it, its own first") {
  const TempDirectory directory;
  const std::string own = text_of(certificates().good().certificate_file);
  const std::string authority = text_of(certificates().ca_file());
  const std::string chain_file = directory.path() / "chain.pem";
  std::ofstream(chain_file) << own << authority;
  NginxServer server({.identity = ServerIdentity{.certificate_file = chain_file,
                                                 .key_file = certificates().good().key_file}});
  RunningProcessor processor(trusting());
  for (int i = 0; i < 2; ++i) {  // on a new connection, and on one used before
    const Outcome outcome = processor.run(keeping_certificates(server.tls_url("/tiny")));
    REQUIRE(outcome.response().tls());
    CHECK(outcome.response().tls()->peer_certificates == std::vector<std::string>{own, authority});
  }
  CHECK(processor.get(server.tls_url("/tiny")).response().tls()->peer_certificates.empty());
}

TEST_CASE("a session that is resumed still has the server's certificate") {
  NginxServer server({.identity = certificates().good(), .http2 = false});
  RunningProcessor processor(trusting());
  const std::string own = text_of(certificates().good().certificate_file);
  const RequestConfig config =
      RequestConfig().set_keep_peer_certificates(true).set_fresh_connection(true);
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome =
        processor.run(Request::get(server.tls_url("/tiny")).config(config).build());
    REQUIRE(outcome.response().tls());
    CHECK(outcome.response().tls()->peer_certificates == std::vector<std::string>{own});
  }
}
