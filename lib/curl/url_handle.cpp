#include "curl/url_handle.hpp"

#include <new>

namespace async_http_pool {
namespace {

bool has_zone(CURLU* url) noexcept {
  char* zone = nullptr;
  const CURLUcode code = curl_url_get(url, CURLUPART_ZONEID, &zone, 0);
  curl_free(zone);
  return code != CURLUE_NO_ZONEID;
}

}  // namespace

UrlHandle::UrlHandle(const std::string& url) : handle_(curl_url()) {
  if (!handle_) throw std::bad_alloc();
  const CURLUcode code = curl_url_set(handle_.get(), CURLUPART_URL, url.c_str(), 0);
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLUE_OK || has_zone(handle_.get())) handle_.reset();
}

}  // namespace async_http_pool
