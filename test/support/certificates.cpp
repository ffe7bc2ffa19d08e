#include "support/certificates.hpp"

#include "support/encoding.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Pkcs12 = std::unique_ptr<PKCS12, Deleter<PKCS12_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr long day = 24L * 60 * 60;
constexpr const char* local_names = "DNS:localhost,DNS:*.local.test,IP:127.0.0.1";

void require(bool succeeded, const char* what) {
  if (!succeeded) throw std::runtime_error(std::string("openssl failed: ") + what);
}

struct Identity {
  Key key;
  Certificate certificate;
};

struct Description {
  const char* common_name;
  const char* alternative_names = nullptr;  ///< null for an authority
  long starts = -day;                       ///< seconds from now
  long ends = 30 * day;
  long serial = 1;
};

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

/// Signed by `issuer`, or by itself when that is null.
Identity make_identity(const Description& description, const Identity* issuer) {
  Identity made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = made.certificate.get();
  require(made.key && certificate != nullptr, "key or certificate");
  X509* issuer_certificate = issuer != nullptr ? issuer->certificate.get() : certificate;
  EVP_PKEY* issuer_key = issuer != nullptr ? issuer->key.get() : made.key.get();

  require(X509_set_version(certificate, X509_VERSION_3) == 1, "version");
  require(ASN1_INTEGER_set(X509_get_serialNumber(certificate), description.serial) == 1, "serial");
  require(X509_gmtime_adj(X509_getm_notBefore(certificate), description.starts) != nullptr,
          "start");
  require(X509_gmtime_adj(X509_getm_notAfter(certificate), description.ends) != nullptr, "end");
  require(X509_set_pubkey(certificate, made.key.get()) == 1, "public key");
  const auto* name = reinterpret_cast<const unsigned char*>(description.common_name);
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name,
                                     -1, -1, 0) == 1,
          "subject");
  require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer_certificate)) == 1,
          "issuer");
  if (description.alternative_names == nullptr) {
    add_extension(certificate, issuer_certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, issuer_certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    add_extension(certificate, issuer_certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer_certificate, NID_subject_alt_name,
                  description.alternative_names);
  }
  add_extension(certificate, issuer_certificate, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "signature");
  return made;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_X509(bio.get(), certificate) == 1, "certificate to PEM");
  return text_of(bio);
}

std::string pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(
      bio && PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "key to PEM");
  return text_of(bio);
}

ServerIdentity write(const TempDirectory& directory, const std::string& name,
                     const Identity& identity) {
  return {directory.write(name + ".pem", pem(identity.certificate.get())),
          directory.write(name + ".key", pem(identity.key.get()))};
}

std::string encrypted_pem(EVP_PKEY* key, const std::string& password) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, EVP_aes_256_cbc(), password.data(),
                                               static_cast<int>(password.size()), nullptr,
                                               nullptr) == 1,
          "encrypted key to PEM");
  return text_of(bio);
}

std::string p12(const Identity& identity, const std::string& password) {
  const Pkcs12 made(PKCS12_create(password.c_str(), "client", identity.key.get(),
                                  identity.certificate.get(), nullptr, 0, 0, 0, 0, 0));
  const Bio bio(BIO_new(BIO_s_mem()));
  require(made && bio && i2d_PKCS12_bio(bio.get(), made.get()) == 1, "PKCS#12");
  return text_of(bio);
}

ClientIdentity write_client(const TempDirectory& directory, const std::string& name,
                            const Identity& identity) {
  const std::string password = "pa$$ of " + name;
  const ServerIdentity files = write(directory, name, identity);
  return {.certificate_file = files.certificate_file,
          .key_file = files.key_file,
          .encrypted_key_file =
              directory.write(name + ".aes.key", encrypted_pem(identity.key.get(), password)),
          .p12_file = directory.write(name + ".p12", p12(identity, password)),
          .password = password};
}

/// What curl calls a pin: RFC 7469, section 2.4.
std::string pin_of(const Identity& identity) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(identity.key.get(), &der);
  require(size > 0, "public key to DER");
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  return "sha256//" + base64(std::string(digest.begin(), digest.end()));
}

/// As `openssl rehash` names it.
std::string hashed_name(X509* authority) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(authority));
  return name.data();
}

}  // namespace

Certificates::Certificates() {
  const Identity authority = make_identity({.common_name = "async-http-pool test CA"}, nullptr);
  const Identity other = make_identity({.common_name = "another test CA"}, nullptr);
  ca_file_ = directory_.write("ca.pem", pem(authority.certificate.get()));
  other_ca_file_ = directory_.write("other-ca.pem", pem(other.certificate.get()));

  const Identity of_clients = make_identity({.common_name = "clients' test CA"}, nullptr);
  client_ca_file_ = directory_.write("client-ca.pem", pem(of_clients.certificate.get()));
  std::filesystem::create_directory(ca_directory());
  directory_.write("authorities/" + hashed_name(authority.certificate.get()),
                   pem(authority.certificate.get()));

  const Description good{.common_name = "localhost", .alternative_names = local_names, .serial = 2};
  Description expired = good;
  expired.starts = -10 * day;
  expired.ends = -day;
  expired.serial = 3;
  Description wrong_host = good;
  wrong_host.common_name = "other.example";
  wrong_host.alternative_names = "DNS:other.example";
  wrong_host.serial = 4;

  const Identity good_identity = make_identity(good, &authority);
  good_ = write(directory_, "good", good_identity);
  good_pin_ = pin_of(good_identity);
  expired_ = write(directory_, "expired", make_identity(expired, &authority));
  wrong_host_ = write(directory_, "wrong-host", make_identity(wrong_host, &authority));
  self_signed_ = write(directory_, "self-signed", make_identity(good, nullptr));
  client_ = write_client(
      directory_, "client",
      make_identity({.common_name = "client", .alternative_names = "DNS:client", .serial = 5},
                    &of_clients));
  stranger_ = write_client(
      directory_, "stranger",
      make_identity({.common_name = "stranger", .alternative_names = "DNS:stranger", .serial = 6},
                    &other));
}

const Certificates& certificates() {
  static const Certificates shared;
  return shared;
}

}  // namespace async_http_pool::test
