#include "raw_curl.hpp"

#include <stdexcept>

namespace raw {

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

void check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
}

curl_slist* library_headers() {
  curl_slist* headers = nullptr;
  for (const char* line :
       {"x-request-id: 3f2b8c1e-7a54-4d0f-9c6b-1e2d3c4b5a69", "user-agent: AsyncHttpPool",
        "accept-encoding: gzip, deflate, br, zstd"}) {
    headers = curl_slist_append(headers, line);
  }
  return headers;
}

}  // namespace raw
