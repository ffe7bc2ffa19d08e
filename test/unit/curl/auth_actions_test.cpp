#include "curl/auth_actions.hpp"

#include "curl/unusable_option.hpp"
#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("Schemes are what libcurl calls them") {
  const auto mask = [](const TextList& schemes) {
    return static_cast<unsigned long>(
        auth_mask({.schemes = schemes, .username = "u", .password = {}, .bearer_token = {}},
                  CURL_VERSION_SPNEGO));
  };
  CHECK(mask({"basic"}) == CURLAUTH_BASIC);
  CHECK(mask({"digest", "basic"}) == (CURLAUTH_BASIC | CURLAUTH_DIGEST));
  CHECK(mask({"negotiate"}) == CURLAUTH_NEGOTIATE);
  CHECK(mask({}) == CURLAUTH_NONE);
}

TEST_CASE("Negotiate is an error where libcurl has none, and not left out in silence") {
  try {
    static_cast<void>(auth_mask(
        {.schemes = {"digest", "negotiate"}, .username = {}, .password = {}, .bearer_token = {}},
        0));
    FAIL("no error");
  } catch (const UnusableOption& error) {
    CHECK(error.code() == ErrorCode::unsupported_option);
    CHECK(std::string(error.what()) == "the libcurl that is loaded has no negotiate");
  }
}

}  // namespace async_http_pool
