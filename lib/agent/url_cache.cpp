#include "agent/url_cache.hpp"

#include <functional>
#include <utility>

namespace async_http_pool {

std::shared_ptr<const UrlHandle> UrlCache::find(const std::string& url) {
  if (url.size() > url_bytes_max) return nullptr;
  const std::size_t hash = std::hash<std::string>()(url);
  Place& place = places_[hash % places_max];
  if (place.url == url) return place.handle;
  if (std::exchange(place.newcomer, hash) != hash) return nullptr;
  auto handle = std::make_shared<const UrlHandle>(url);
  if (handle->get() == nullptr) return nullptr;
  place.url = url;
  place.handle = std::move(handle);
  return place.handle;
}

}  // namespace async_http_pool
