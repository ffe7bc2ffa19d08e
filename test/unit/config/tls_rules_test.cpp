#include <async_http_pool/request_config.hpp>

#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

const std::string pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

}  // namespace

TEST_CASE("A pin is the base64 of a SHA-256, and never the name of a file") {
  RequestConfig config;
  for (const std::string& good : {std::string(), pin, pin + ";" + pin, pin + ";" + pin + ";" + pin})
    CHECK(config.set_pinned_public_key(good).pinned_public_key() == good);
  const std::string base64 = pin.substr(8);
  for (const std::string& bad :
       {base64, "sha256/" + base64, "SHA256//" + base64, "sha1//" + base64, std::string("sha256//"),
        std::string("sha256//AAAA"), "sha256//" + base64.substr(0, 43) + "A",
        "sha256//" + base64.substr(0, 42) + "==", "sha256//-" + base64.substr(1),
        "sha256//\n" + base64, "sha256//" + base64.substr(0, 43) + "\n", pin + ";", ";" + pin,
        pin + ";;" + pin, pin + "," + pin, pin + " ", std::string("/etc/key.pem"), std::string(";"),
        pin + std::string(1, '\0')}) {
    CAPTURE(bad);
    CHECK(refusal_of([&] {
            return config.set_pinned_public_key(bad);
          }).starts_with("pinned_public_key must be sha256// and the base64 of a SHA-256"));
  }
  CHECK(config.pinned_public_key() == pin + ";" + pin + ";" + pin);
}

TEST_CASE("Certificates and keys as text are told from other text, without showing it") {
  const std::string pem =
      "text before\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
  RequestConfig config;
  CHECK(config.set_ca_pem(pem).ca_pem() == pem);
  CHECK(config.set_client_cert_pem(pem).client_cert_pem() == pem);
  CHECK(config.set_client_key_pem(pem).client_key_pem() == pem);
  CHECK(config.set_client_key_pem("").client_key_pem() == "");
  for (const std::string& bad : {std::string("/etc/s3cret.pem"), std::string("-----BEGIN s3cret"),
                                 std::string("-----END s3cret-----\n-----BEGIN s3cret-----")}) {
    CAPTURE(bad);
    CHECK(refusal_of([&] { return config.set_client_key_pem(bad); }) ==
          "client_key_pem must be PEM: no BEGIN and END in it");
  }
  CHECK(refusal_of([&] { return config.set_client_key_pem(pem + std::string(1, '\0')); }) ==
        "client_key_pem must be free of NUL");
  CHECK(refusal_of([&] { return config.set_client_key_password(std::string("s3\0cret", 7)); }) ==
        "client_key_password must be free of NUL");
  CHECK(refusal_of([&] { return config.set_client_cert_p12("s3cret!"); }) ==
        "client_cert_p12 must be base64");
  CHECK(config.set_client_cert_p12("AAEC\nAw==\n").client_cert_p12() == "AAEC\nAw==\n");
}

TEST_CASE("Versions and formats are written as people write them, and only so") {
  const RequestConfig config = RequestConfig()
                                   .set_min_tls_version(TlsVersion::v1_0)
                                   .set_max_tls_version(TlsVersion::v1_3)
                                   .set_client_cert_type(CertificateFormat::p12);
  CHECK(config.to_value() ==
        Value::object(
            {{"client_cert_type", "p12"}, {"min_tls_version", "1.0"}, {"max_tls_version", "1.3"}}));
  RequestConfig read;
  const Value written = config.to_value();
  for (const auto& [name, value] : written.as_object()) CHECK(read.set(name, value));
  CHECK(read == config);
  CHECK(read.set("min_tls_version", "1.1"));
  CHECK(read.min_tls_version() == TlsVersion::v1_1);
  CHECK(refusal_of([&] { read.set("min_tls_version", "1.4"); }) ==
        "must be one of 1.0, 1.1, 1.2, 1.3, got: \"1.4\"");
  CHECK_THROWS_AS(read.set("min_tls_version", 1.2), std::invalid_argument);
  CHECK_THROWS_AS(read.set("min_tls_version", ""), std::invalid_argument);
  CHECK_THROWS_AS(read.set("client_cert_type", "P12"), std::invalid_argument);
  CHECK(read.min_tls_version() == TlsVersion::v1_1);
}

TEST_CASE("Texts have an end, and can be written as JSON") {
  constexpr std::size_t text_max = 64UL * 1024;
  constexpr std::size_t file_max = 1024UL * 1024;
  RequestConfig config;
  for (const char* option :
       {"username", "password", "bearer_token", "auth_origin", "proxy_url", "user_agent", "ca_file",
        "unix_socket", "client_key_password", "tls_ciphers", "pinned_public_key", "connect_to",
        "interface", "client_cert_p12", "ca_pem", "client_key_pem"}) {
    INFO(option);
    const bool is_file =
        std::string(option).find("_p") != std::string::npos &&
        (std::string(option).ends_with("pem") || std::string(option).ends_with("p12"));
    const std::size_t max = is_file ? file_max : text_max;
    CHECK(refusal_of([&] { config.set(option, std::string(max + 1, 'a')); }) ==
          std::string(option) + " must be at most " + std::to_string(max) + " bytes");
    for (const std::string broken : {"s3cret\xFF", "\xC3", "\xED\xA0\x80"}) {
      CHECK(refusal_of([&] { config.set(option, broken); }) ==
            std::string(option) + " must be UTF-8");
    }
  }
  for (const char* option : {"resolve", "no_proxy", "allowed_addresses", "sensitive_headers"}) {
    INFO(option);
    CHECK(refusal_of([&] { config.set(option, Value::array({std::string("\xFF")})); }) ==
          std::string(option) + " must be UTF-8");
  }
  CHECK(config.empty());
  for (const char* option : {"username", "password", "bearer_token", "user_agent", "ca_file"})
    CHECK(config.set(option, std::string(text_max, 'a')));
  CHECK(config.set("client_cert_p12", std::string(file_max, 'A')));
}

}  // namespace async_http_pool
