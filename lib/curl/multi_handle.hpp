#pragma once

#include "curl/curl_error.hpp"
#include "curl/curl_option.hpp"

#include <memory>
#include <span>

#include <curl/curl.h>

namespace async_http_pool {

/// A multi handle: many transfers of one thread. Not movable once callbacks point at its owner.
class MultiHandle {
 public:
  /// Its end never waits for resolver threads. Throws `std::bad_alloc` when libcurl makes none.
  MultiHandle();

  [[nodiscard]] CURLM* get() const noexcept { return handle_.get(); }

  /// Sets an option; a value of the wrong type does not compile. Throws `CurlError`.
  template <CURLMoption option, typename T>
  void set(T value) {
    static_assert(fits_curl_option<T>(option), "the option takes an argument of another type");
    check(curl_multi_setopt(get(), option, value), "curl_multi_setopt");
  }

  void add(CURL* easy) { check(curl_multi_add_handle(get(), easy), "curl_multi_add_handle"); }
  void remove(CURL* easy) {
    check(curl_multi_remove_handle(get(), easy), "curl_multi_remove_handle");
  }

  /// Tells libcurl of `events` (CURL_CSELECT_*) on a socket, or of a timeout (CURL_SOCKET_TIMEOUT).
  void act_on(curl_socket_t socket, int events) {
    int running = 0;
    check(curl_multi_socket_action(get(), socket, events, &running), "curl_multi_socket_action");
  }

  /// The next finished transfer, null when there is none. Read it before the transfer is removed.
  [[nodiscard]] const CURLMsg* next_message() noexcept {
    int left = 0;
    return curl_multi_info_read(get(), &left);
  }

  /// Sleeps until one of `sockets` is ready, `wake` is called or the time is over.
  void poll(std::span<curl_waitfd> sockets, int timeout_ms) {
    check(curl_multi_poll(get(), sockets.data(), static_cast<unsigned>(sockets.size()), timeout_ms,
                          nullptr),
          "curl_multi_poll");
  }
  /// Ends a `poll`, the present or the next one. The one member that is any-thread. It fails only
  /// for a handle that is none.
  void wake() noexcept { static_cast<void>(curl_multi_wakeup(get())); }

 private:
  struct Cleanup {
    void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
  };
  std::unique_ptr<CURLM, Cleanup> handle_;
};

}  // namespace async_http_pool
