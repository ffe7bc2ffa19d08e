#include "base/tls_client.hpp"

#include <new>
#include <stdexcept>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

bool is_address(const std::string& host) noexcept {
  in6_addr address;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool set_host(ssl_st* session, const std::string& host) {
  // RFC 6066, section 3: no server name indication for addresses.
  if (is_address(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  }
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 &&
         // SSL_set_tlsext_host_name, whose macro has a cast of C
         SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

void TlsSessionFree::operator()(ssl_st* session) const noexcept { SSL_free(session); }

TlsClient::TlsClient(const std::string& ca_file) : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw std::bad_alloc();
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  const bool has_authorities =
      ca_file.empty() ? SSL_CTX_set_default_verify_paths(context_) == 1
                      : SSL_CTX_load_verify_locations(context_, ca_file.c_str(), nullptr) == 1;
  const bool has_version = SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION) == 1;
  clear_tls_errors();
  if (has_authorities && has_version) return;
  SSL_CTX_free(context_);
  if (!has_authorities) throw std::invalid_argument("no certificates in " + quoted(ca_file));
  throw std::runtime_error("OpenSSL refuses TLS 1.2");
}

TlsClient::~TlsClient() { SSL_CTX_free(context_); }

TlsSession TlsClient::make_session(const std::string& host) const {
  TlsSession session(SSL_new(context_));
  if (session == nullptr) throw std::bad_alloc();
  if (!set_host(session.get(), host)) {
    clear_tls_errors();
    throw std::runtime_error("OpenSSL refuses the host name " + quoted(host));
  }
  return session;
}

bool is_tls_waiting_to_read(const ssl_st& session) noexcept {
  return SSL_want(&session) == SSL_READING;
}

std::string tls_certificate_problem(const ssl_st& session) {
  const long result = SSL_get_verify_result(&session);
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

void clear_tls_errors() noexcept { ERR_clear_error(); }

}  // namespace async_http_pool
