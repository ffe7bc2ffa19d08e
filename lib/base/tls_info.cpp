#include "base/tls_info.hpp"

#include <memory>
#include <new>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/tls_client.hpp"

namespace async_http_pool {
namespace {

struct BioFree {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct CertificateFree {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

std::string pem_of(X509* certificate) {
  const std::unique_ptr<BIO, BioFree> memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || PEM_write_bio_X509(memory.get(), certificate) != 1) {
    clear_tls_errors();
    throw std::bad_alloc();  // it was parsed before: nothing else can go wrong
  }
  const char* text = nullptr;
  const long size = BIO_ctrl(memory.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
  return {text, static_cast<std::size_t>(size)};
}

std::vector<std::string> certificates_of(const ssl_st& session) {
  std::vector<std::string> certificates;
  if (const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(&session)) {
    for (int i = 0; i < sk_X509_num(chain); ++i)
      certificates.push_back(pem_of(sk_X509_value(chain, i)));
  }
  if (certificates.empty()) {
    const std::unique_ptr<X509, CertificateFree> own(SSL_get_peer_certificate(&session));
    if (own != nullptr) certificates.push_back(pem_of(own.get()));
  }
  return certificates;
}

std::string text_or_nothing(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

TlsInfo describe_tls(const ssl_st& session, PeerCertificates certificates) {
  TlsInfo info{.version = text_or_nothing(SSL_get_version(&session)),
               .cipher = text_or_nothing(SSL_CIPHER_get_name(SSL_get_current_cipher(&session)))};
  const unsigned char* alpn = nullptr;
  unsigned alpn_bytes = 0;
  SSL_get0_alpn_selected(&session, &alpn, &alpn_bytes);
  info.alpn.assign(alpn, alpn + alpn_bytes);
  if (certificates == PeerCertificates::keep) info.peer_certificates = certificates_of(session);
  return info;
}

}  // namespace async_http_pool
