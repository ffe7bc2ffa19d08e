#include "curl/curl_error.hpp"

#include <new>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

template <typename Code>
std::string message_of(Code code) {
  try {
    check(code, "curl_some_call");
  } catch (const CurlError& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

TEST_CASE("success of a libcurl call throws nothing") {
  CHECK_NOTHROW(check(CURLE_OK, "call"));
  CHECK_NOTHROW(check(CURLM_OK, "call"));
  CHECK_NOTHROW(check(CURLSHE_OK, "call"));
}

TEST_CASE("a failed libcurl call is named, with the code's text and number") {
  CHECK(message_of(CURLE_UNKNOWN_OPTION) == std::string("curl_some_call failed: ") +
                                                curl_easy_strerror(CURLE_UNKNOWN_OPTION) + " (48)");
  CHECK(message_of(CURLM_BAD_HANDLE) ==
        std::string("curl_some_call failed: ") + curl_multi_strerror(CURLM_BAD_HANDLE) + " (1)");
  CHECK(message_of(CURLSHE_IN_USE) ==
        std::string("curl_some_call failed: ") + curl_share_strerror(CURLSHE_IN_USE) + " (2)");
}

TEST_CASE("CURLM_CALL_MULTI_PERFORM, which is below zero, is no success") {
  CHECK_THROWS_AS(check(CURLM_CALL_MULTI_PERFORM, "call"), CurlError);
}

TEST_CASE("libcurl's lack of memory is std::bad_alloc") {
  CHECK_THROWS_AS(check(CURLE_OUT_OF_MEMORY, "call"), std::bad_alloc);
  CHECK_THROWS_AS(check(CURLM_OUT_OF_MEMORY, "call"), std::bad_alloc);
  CHECK_THROWS_AS(check(CURLSHE_NOMEM, "call"), std::bad_alloc);
}

}  // namespace
}  // namespace async_http_pool
