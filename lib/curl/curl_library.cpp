#include "curl/curl_library.hpp"

#include "base/block_cache.hpp"
#include "base/openssl_library.hpp"

#include <async_http_pool/libcurl_memory.hpp>
#include <async_http_pool/version.hpp>

#include <stdexcept>
#include <string>

#include <curl/curl.h>

namespace async_http_pool {

namespace {

enum class Memory { system, recycled };

/// What is asked for first is what counts.
void initialize_curl(Memory memory) {
  // Thread-safe by itself only where CURL_VERSION_THREADSAFE is set; a static initialiser is so
  // everywhere.
  static const CURLcode code = [memory] {
    keep_openssl_until_process_end();
    if (memory == Memory::system) return curl_global_init(CURL_GLOBAL_DEFAULT);
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, recycled_malloc, recycled_free,
                                recycled_realloc, recycled_strdup, recycled_calloc);
  }();
  if (code != CURLE_OK)
    throw std::runtime_error(std::string("curl_global_init failed: ") + curl_easy_strerror(code));
}

/// libcurl does not tell whether it took them.
bool is_memory_recycled() {
  BlockCache cache(std::size_t{64} << 10);
  const BlockCacheScope scope(cache);
  curl_url_cleanup(curl_url());
  return cache.bytes() > 0;
}

}  // namespace

void initialize_curl() { initialize_curl(Memory::system); }

bool recycle_libcurl_memory() {
  initialize_curl(Memory::recycled);
  return is_memory_recycled();
}

unsigned loaded_curl_version() noexcept { return curl_version_info(CURLVERSION_NOW)->version_num; }

bool loaded_curl_has_http2() noexcept {
  static const bool has_http2 =
      (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0;
  return has_http2;
}

bool loaded_curl_has_http3() noexcept {
  static const bool has_http3 =
      (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP3) != 0;
  return has_http3;
}

bool loaded_curl_shares_openssl() noexcept {
  static const bool is_shared = [] {
    // "OpenSSL/3.0.15", "quictls/3.1.4"; other backends that are there and not used in brackets.
    const char* const text = curl_version_info(CURLVERSION_NOW)->ssl_version;
    const std::string_view backend = text == nullptr ? std::string_view() : text;
    const std::size_t slash = backend.find('/');
    if (slash == std::string_view::npos || backend.starts_with('(')) return false;
    const std::string_view version = backend.substr(slash + 1);
    return version.substr(0, version.find(' ')) == openssl_version();
  }();
  return is_shared;
}

const std::string& decodable_encodings() {
  // Never destroyed: agents may outlive static objects at exit.
  static const std::string& encodings = *new std::string([] {
    const int features = curl_version_info(CURLVERSION_NOW)->features;
    std::string list;
    if ((features & CURL_VERSION_LIBZ) != 0) list = "gzip, deflate";
    if ((features & CURL_VERSION_BROTLI) != 0) list += list.empty() ? "br" : ", br";
    if ((features & CURL_VERSION_ZSTD) != 0) list += list.empty() ? "zstd" : ", zstd";
    return list.empty() ? std::string("identity") : list;
  }());
  return encodings;
}

std::string_view version() noexcept { return AHP_VERSION; }

std::string_view library_versions() noexcept { return curl_version(); }

}  // namespace async_http_pool
