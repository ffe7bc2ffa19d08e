#pragma once

#include <string>

namespace async_http_pool {

/// Initialises libcurl once for the process; every wrapper that makes a handle calls it. Throws
/// `std::runtime_error`. Never undone: other users of libcurl in the process may rely on it, and
/// detached resolver threads may still run at exit. any-thread
void initialize_curl();

/// The version of the libcurl that is loaded, as in `LIBCURL_VERSION_NUM`: 0x075801 is 7.88.1.
[[nodiscard]] unsigned loaded_curl_version() noexcept;

/// Whether the libcurl that is loaded speaks HTTP/2.
[[nodiscard]] bool loaded_curl_has_http2() noexcept;
/// Whether it speaks HTTP/3.
[[nodiscard]] bool loaded_curl_has_http3() noexcept;

/// Whether it has its TLS from the OpenSSL that this library is linked to, so that its sessions can
/// be looked into.
[[nodiscard]] bool loaded_curl_shares_openssl() noexcept;

/// The content codings that it decodes, as an `accept-encoding`: "gzip, deflate, br".
[[nodiscard]] const std::string& decodable_encodings();

}  // namespace async_http_pool
