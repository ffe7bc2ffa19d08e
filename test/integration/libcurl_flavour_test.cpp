#include "support/catch.hpp"

#include <async_http_pool/version.hpp>

#include <string>

using async_http_pool::library_versions;

TEST_CASE("libcurl is the OpenSSL flavour, version 7.88 or later", "[libcurl]") {
  const std::string versions(library_versions());
  INFO("this is " << versions
                  << "; install libcurl4-openssl-dev instead of the GnuTLS or NSS flavour");
  CHECK(versions.find("libcurl/") != std::string::npos);
  CHECK(versions.find(" OpenSSL/") != std::string::npos);
  CHECK(versions.find("GnuTLS/") == std::string::npos);
  CHECK(versions.find("NSS/") == std::string::npos);
}

TEST_CASE("the loaded library is the version that was compiled against", "[version]") {
  CHECK(async_http_pool::version() == AHP_VERSION);
  CHECK(std::string(AHP_VERSION) == std::to_string(AHP_VERSION_MAJOR) + "." +
                                        std::to_string(AHP_VERSION_MINOR) + "." +
                                        std::to_string(AHP_VERSION_PATCH));
}
