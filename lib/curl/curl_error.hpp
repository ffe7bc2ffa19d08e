#pragma once

#include <stdexcept>
#include <string>

#include <curl/curl.h>

namespace async_http_pool {

/// A libcurl function refused a call of ours. Not for failed transfers: those are outcomes.
class CurlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void throw_curl_error(CURLcode code, const char* call);
[[noreturn]] void throw_curl_error(CURLMcode code, const char* call);
[[noreturn]] void throw_curl_error(CURLSHcode code, const char* call);

/// Throws `CurlError` naming `call` unless `code` says success.
inline void check(CURLcode code, const char* call) {
  if (code != CURLE_OK) throw_curl_error(code, call);
}
inline void check(CURLMcode code, const char* call) {
  if (code != CURLM_OK) throw_curl_error(code, call);
}
inline void check(CURLSHcode code, const char* call) {
  if (code != CURLSHE_OK) throw_curl_error(code, call);
}

}  // namespace async_http_pool
