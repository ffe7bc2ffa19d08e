#pragma once

#include "curl/curl_error.hpp"
#include "curl/curl_option.hpp"

#include <memory>

#include <curl/curl.h>

namespace async_http_pool {

/// An easy handle: one transfer of libcurl. Movable; one thread at a time.
class EasyHandle {
 public:
  /// Throws `std::bad_alloc` when libcurl makes none.
  EasyHandle();
  /// Takes a handle over.
  explicit EasyHandle(CURL* handle) noexcept : handle_(handle) {}

  [[nodiscard]] CURL* get() const noexcept { return handle_.get(); }
  [[nodiscard]] CURL* release() noexcept { return handle_.release(); }

  /// Sets an option; a value of the wrong type does not compile. Throws `CurlError`.
  /// Pointers are kept by libcurl unless they are strings: see LIBCURL's page of the option.
  template <CURLoption option, typename T>
  void set(T value) {
    static_assert(fits_curl_option<T>(option), "the option takes an argument of another type");
    check(curl_easy_setopt(get(), option, value), "curl_easy_setopt");
  }
  /// The same for options that an old or lean libcurl may not know; returns whether it does.
  template <CURLoption option, typename T>
  bool set_if_known(T value) {
    static_assert(fits_curl_option<T>(option), "the option takes an argument of another type");
    const CURLcode code = curl_easy_setopt(get(), option, value);
    if (code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN) return false;
    check(code, "curl_easy_setopt");
    return true;
  }
  /// What libcurl knows of the transfer; `fallback` when it does not.
  template <typename T>
  [[nodiscard]] T info(CURLINFO what, T fallback) const noexcept {
    T value = fallback;
    return curl_easy_getinfo(get(), what, &value) == CURLE_OK ? value : fallback;
  }

  /// Back to the state of a new handle, for libcurl from 8.1 on (see quirks.hpp).
  void reset() noexcept { curl_easy_reset(get()); }

 private:
  struct Cleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, Cleanup> handle_;
};

}  // namespace async_http_pool
