#pragma once

#include <memory>

#include <curl/curl.h>

namespace async_http_pool {

/// What the multi handles of one thread have in common: resolved names and TLS sessions. Without
/// lock functions, so it must never be used by two threads. Outlives the transfers that use it.
class ShareHandle {
 public:
  /// Throws `std::bad_alloc` or `CurlError`.
  ShareHandle();
  [[nodiscard]] CURLSH* get() const noexcept { return handle_.get(); }

 private:
  struct Cleanup {
    void operator()(CURLSH* handle) const noexcept { curl_share_cleanup(handle); }
  };
  std::unique_ptr<CURLSH, Cleanup> handle_;
};

}  // namespace async_http_pool
