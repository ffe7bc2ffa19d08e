#include "curl/curl_option.hpp"

#include <cstddef>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using WriteFunction = std::size_t (*)(char*, std::size_t, std::size_t, void*);
using QuietWriteFunction = std::size_t (*)(char*, std::size_t, std::size_t, void*) noexcept;

// An option of type long: on 64 bits an int would be read with four bytes of garbage.
static_assert(fits_curl_option<long>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<int>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<bool>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<unsigned long>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<std::nullptr_t>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<void*>(CURLOPT_NOSIGNAL));
static_assert(!fits_curl_option<decltype(CURL_HTTP_VERSION_2TLS)>(CURLOPT_HTTP_VERSION));

static_assert(fits_curl_option<curl_off_t>(CURLOPT_POSTFIELDSIZE_LARGE));
static_assert(!fits_curl_option<int>(CURLOPT_POSTFIELDSIZE_LARGE));
static_assert(!fits_curl_option<std::size_t>(CURLOPT_POSTFIELDSIZE_LARGE));

static_assert(fits_curl_option<WriteFunction>(CURLOPT_WRITEFUNCTION));
static_assert(fits_curl_option<QuietWriteFunction>(CURLOPT_WRITEFUNCTION));
static_assert(fits_curl_option<std::nullptr_t>(CURLOPT_WRITEFUNCTION));
static_assert(!fits_curl_option<void*>(CURLOPT_WRITEFUNCTION));
static_assert(!fits_curl_option<long>(CURLOPT_WRITEFUNCTION));

static_assert(fits_curl_option<const char*>(CURLOPT_URL));
static_assert(fits_curl_option<void*>(CURLOPT_PRIVATE));
static_assert(fits_curl_option<CURLSH*>(CURLOPT_SHARE));
static_assert(fits_curl_option<curl_slist*>(CURLOPT_HTTPHEADER));
static_assert(fits_curl_option<std::nullptr_t>(CURLOPT_SHARE));
static_assert(!fits_curl_option<WriteFunction>(CURLOPT_WRITEDATA));
static_assert(!fits_curl_option<std::string>(CURLOPT_URL));
static_assert(!fits_curl_option<long>(CURLOPT_URL));
static_assert(fits_curl_option<curl_blob*>(CURLOPT_SSLCERT_BLOB));

// The multi interface numbers its options in the same ranges.
static_assert(fits_curl_option<long>(CURLMOPT_MAXCONNECTS));
static_assert(!fits_curl_option<int>(CURLMOPT_MAXCONNECTS));
static_assert(fits_curl_option<WriteFunction>(CURLMOPT_SOCKETFUNCTION));
static_assert(fits_curl_option<void*>(CURLMOPT_SOCKETDATA));

TEST_CASE("the type of a libcurl option's argument is checked when it is compiled") {
  SUCCEED("by the assertions above");
}

}  // namespace
}  // namespace async_http_pool
