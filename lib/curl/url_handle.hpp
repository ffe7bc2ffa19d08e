#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

namespace async_http_pool {

/// A URL as libcurl takes it apart, for CURLOPT_CURLU; libcurl copies the parts. One thread at a
/// time.
class UrlHandle {
 public:
  /// Throws `std::bad_alloc`. Whatever else libcurl has against `url` it says to who sends it.
  explicit UrlHandle(const std::string& url);

  /// Null for a URL that libcurl does not take, and one whose host has a zone, which 7.88 loses.
  [[nodiscard]] CURLU* get() const noexcept { return handle_.get(); }

 private:
  struct Cleanup {
    void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
  };
  std::unique_ptr<CURLU, Cleanup> handle_;
};

}  // namespace async_http_pool
