#pragma once

#include <type_traits>

#include <curl/curl.h>

namespace async_http_pool {

/// libcurl numbers its options in ranges of ten thousand, one range for each type of argument.
/// curl_easy_setopt and its kin are variadic and believe whatever they get; this checks it at
/// compile time.
template <typename T>
constexpr bool fits_curl_option(int option) noexcept {
  constexpr int range = 10'000;
  switch (option / range * range) {
    case CURLOPTTYPE_LONG:
      return std::is_same_v<T, long>;
    case CURLOPTTYPE_OFF_T:
      return std::is_same_v<T, curl_off_t>;
    case CURLOPTTYPE_FUNCTIONPOINT:
      return std::is_null_pointer_v<T> ||
             (std::is_pointer_v<T> && std::is_function_v<std::remove_pointer_t<T>>);
    default:
      return std::is_null_pointer_v<T> ||
             (std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>);
  }
}

}  // namespace async_http_pool
