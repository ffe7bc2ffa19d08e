#pragma once

#include "curl/url_handle.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace async_http_pool {

/// URLs that were asked for more than once, taken apart: libcurl otherwise parses a URL for each
/// request, and writes it down again. agent-thread
///
/// A URL has one place that it can be in. There it replaces another only when it comes twice in
/// succession, so that URLs that never come again cost no more than a look.
class UrlCache {
 public:
  /// Null when it is not worth it, or libcurl does not take the URL. Throws `std::bad_alloc`.
  [[nodiscard]] std::shared_ptr<const UrlHandle> find(const std::string& url);

 private:
  static constexpr std::size_t places_max = 64;
  static constexpr std::size_t url_bytes_max = 1024;

  struct Place {
    std::string url;
    std::shared_ptr<const UrlHandle> handle;  // shared with requests that are under way
    std::size_t newcomer = 0;                 // the hash of the last URL that was not found here
  };
  std::array<Place, places_max> places_;
};

}  // namespace async_http_pool
