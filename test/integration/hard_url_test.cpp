// Group D of HARD-CASES.md: redirects to where nobody should go. More of them: redirect_test,
// policies_test, forbidden_address_test; what is refused before it is sent: refused_request_test.
#include "support/hard_case.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// The outcome of a redirect to `location`; after it the connection that told of it must be good.
Outcome redirected_to(const std::string& location) {
  const HardCase met = meet(response(302, "", "location: " + location + "\r\n"));
  CHECK(met.next == "reused");
  CHECK(met.requests == 2);
  return met.outcome;
}

}  // namespace

TEST_CASE("hard case 73: a redirect to a file is refused") {
  for (const char* location : {"file:///etc/passwd", "FILE:///etc/passwd", "file:/etc/passwd"}) {
    INFO(location);
    CHECK(redirected_to(location).error_code() == ErrorCode::unsafe_redirect);
  }
}

TEST_CASE("hard case 74: a redirect to ftp or any other scheme is refused") {
  for (const char* location : {"ftp://127.0.0.1/", "mailto:a@b", "gopher://127.0.0.1:1/",
                               "ldap://127.0.0.1/", "data:text/plain,x", "javascript:alert(1)"}) {
    INFO(location);
    CHECK(redirected_to(location).error_code() == ErrorCode::unsafe_redirect);
  }
}

TEST_CASE("hard case 80: a redirect to an empty host is refused, its path is not taken for one") {
  for (const char* location :
       {"http:///ok", "http://", "http:/127.0.0.1/", "///127.0.0.1/", "//"}) {
    INFO(location);
    CHECK(redirected_to(location).error_code() == ErrorCode::unsafe_redirect);
  }
}

TEST_CASE("hard case 88: a redirect to a port that there is none of is refused") {
  for (const char* location : {"http://127.0.0.1:99999/", "http://127.0.0.1:0/"}) {
    INFO(location);
    CHECK(redirected_to(location).error_code() == ErrorCode::unsafe_redirect);
  }
}
