#include "curl/curl_error.hpp"

#include <new>

#include <fmt/format.h>

namespace async_http_pool {

void throw_curl_error(CURLcode code, const char* call) {
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  throw CurlError(
      fmt::format("{} failed: {} ({})", call, curl_easy_strerror(code), static_cast<int>(code)));
}

void throw_curl_error(CURLMcode code, const char* call) {
  if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
  throw CurlError(
      fmt::format("{} failed: {} ({})", call, curl_multi_strerror(code), static_cast<int>(code)));
}

void throw_curl_error(CURLSHcode code, const char* call) {
  if (code == CURLSHE_NOMEM) throw std::bad_alloc();
  throw CurlError(
      fmt::format("{} failed: {} ({})", call, curl_share_strerror(code), static_cast<int>(code)));
}

}  // namespace async_http_pool
