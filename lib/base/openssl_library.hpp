#pragma once

#include <string_view>

namespace async_http_pool {

/// Keeps OpenSSL from clearing itself up at exit, when an agent thread may still be in the middle
/// of a TLS connection: a process may exit without stopping its processors. Has an effect only
/// before OpenSSL's first use. any-thread
void keep_openssl_until_process_end() noexcept;

/// The version of the OpenSSL that is loaded for this library: "3.0.15". any-thread
[[nodiscard]] std::string_view openssl_version() noexcept;

}  // namespace async_http_pool
