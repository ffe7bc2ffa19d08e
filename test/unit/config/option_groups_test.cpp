#include "config/option_groups.hpp"

#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("Authorities come from one configuration: the request's if it names any, even none") {
  const RequestConfig client =
      RequestConfig().set_ca_file("client").over(RequestConfig::defaults());
  const RequestConfig nothing = RequestConfig().set_retries(1).set_client_cert_file("c");
  CHECK(&source_of_authorities({nothing, client}) == &client);
  for (const RequestConfig& own :
       {RequestConfig().set_ca_file(""), RequestConfig().set_ca_path("p"),
        RequestConfig().set_ca_pem("-----BEGIN X-----\n-----END X-----")}) {
    CHECK(&source_of_authorities({own, client}) == &own);
  }
}

TEST_CASE("A client's certificate and its key come from one configuration") {
  const RequestConfig client =
      RequestConfig().set_client_cert_file("client").over(RequestConfig::defaults());
  const RequestConfig nothing = RequestConfig().set_ca_file("x");
  CHECK(&source_of_client_certificate({nothing, client}) == &client);
  const std::string pem = "-----BEGIN X-----\n-----END X-----";
  for (const RequestConfig& own :
       {RequestConfig().set_client_cert_file(""),
        RequestConfig().set_client_cert_type(CertificateFormat::p12),
        RequestConfig().set_client_cert_pem(pem), RequestConfig().set_client_cert_p12("AAAA"),
        RequestConfig().set_client_key_file("f"), RequestConfig().set_client_key_pem(pem),
        RequestConfig().set_client_key_password("p")}) {
    CHECK(&source_of_client_certificate({own, client}) == &own);
  }
}

TEST_CASE("A certificate is there in any of three forms, a key alone is none") {
  const std::string pem = "-----BEGIN X-----\n-----END X-----";
  CHECK(has_client_certificate(RequestConfig().set_client_cert_file("f")));
  CHECK(has_client_certificate(RequestConfig().set_client_cert_pem(pem)));
  CHECK(has_client_certificate(RequestConfig().set_client_cert_p12("AAAA")));
  CHECK_FALSE(has_client_certificate(RequestConfig().set_client_cert_file("")));
  CHECK_FALSE(has_client_certificate(RequestConfig().set_client_key_pem(pem)));
  CHECK_FALSE(has_client_certificate(RequestConfig::defaults()));
}

}  // namespace async_http_pool
