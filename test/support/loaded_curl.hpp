#pragma once

#include <async_http_pool/version.hpp>

#include <string_view>

namespace async_http_pool::test {

// Of the libcurl that the library under test runs with, which need not be the one it was built
// with.

[[nodiscard]] inline bool loaded_curl_mentions(std::string_view words) {
  return std::string_view(library_versions()).find(words) != std::string_view::npos;
}

[[nodiscard]] inline bool loaded_curl_is_before_8() { return loaded_curl_mentions("libcurl/7."); }

[[nodiscard]] inline bool loaded_curl_has_http3() {
  return loaded_curl_mentions("nghttp3/") || loaded_curl_mentions("quiche/");
}

}  // namespace async_http_pool::test
