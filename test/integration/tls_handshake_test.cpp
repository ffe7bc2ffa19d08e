// What servers do in and after the handshake that nginx does not: `openssl s_server` does.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/descriptor.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Answers every request with a page of its own ("HTTP/1.0 200 ok").
class OpensslServer {
 public:
  explicit OpensslServer(const std::vector<std::string>& more)
      : port_(free_port()), process_({arguments(port_, more), directory_.path() / "output"}) {
    const auto deadline = Clock::now() + patience;
    while (!is_listening()) {
      if (Clock::now() > deadline || process_.wait_for_end(2ms))  // the pace of the attempts
        throw std::runtime_error("openssl does not start: " + directory_.read("output"));
    }
  }

  [[nodiscard]] std::string url() const {
    return "https://localhost:" + std::to_string(port_) + "/";
  }
  /// Handshakes that it gave up or finished, in its own words.
  [[nodiscard]] std::string log() const { return directory_.read("output"); }

 private:
  static std::vector<std::string> arguments(std::uint16_t port,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> all = {"/usr/bin/openssl",
                                    "s_server",
                                    "-accept",
                                    "127.0.0.1:" + std::to_string(port),
                                    "-www",
                                    "-cert",
                                    certificates().good().certificate_file,
                                    "-key",
                                    certificates().good().key_file};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  [[nodiscard]] bool is_listening() const {
    try {
      static_cast<void>(connect_to_loopback(port_));
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  const TempDirectory directory_;
  const std::uint16_t port_;
  const ChildProcess process_;
};

Configuration trusting() {
  return test_configuration().set_retries(3).set_ca_file(certificates().ca_file());
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("hard case 121: a server that speaks no protocol of ours refuses in the handshake") {
  const OpensslServer server({"-alpn", "not-http"});
  RunningProcessor processor(trusting());
  CHECK(processor.get(server.url()).summary() == "ssl tls_handshake");
}

TEST_CASE("hard case 122: a server that wants a certificate refuses without, and not four times") {
  const std::string version = GENERATE("-tls1_2", "-tls1_3");
  CAPTURE(version);
  const OpensslServer server({version, "-Verify", "1", "-verify_return_error", "-CAfile",
                              certificates().client_ca_file()});
  const ClientIdentity& client = certificates().client();
  const ClientIdentity& stranger = certificates().stranger();
  RunningProcessor processor(trusting());
  const auto summary_of = [&](const RequestConfig& config) {
    return processor.run(Request::get(server.url()).config(config).build()).summary();
  };
  // With TLS 1.3 the refusal comes when the handshake is over for the client.
  CHECK(summary_of({}) == "ssl tls_handshake");
  CHECK(count(server.log(), "peer did not return a certificate") == 1);
  CHECK(summary_of(RequestConfig()
                       .set_client_cert_file(stranger.certificate_file)
                       .set_client_key_file(stranger.key_file)) == "ssl tls_handshake");
  CHECK(summary_of(RequestConfig()
                       .set_client_cert_file(client.certificate_file)
                       .set_client_key_file(client.key_file)) == "response 200");
}

TEST_CASE("hard case 124: tickets that come while a connection is idle do no harm") {
  // nginx sends two with every connection of TLS 1.3.
  NginxServer server(
      {.identity = certificates().good(), .tls_protocols = "TLSv1.3", .http2 = false});
  RunningProcessor processor(trusting().set_retries(0));
  for (int i = 0; i < 10; ++i) CHECK(processor.get(server.tls_url("/tiny")).body() == "ok");
  CHECK(server.accepted_connections() <= 2);  // one is given up where libcurl cannot be trusted
}
