#pragma once

#include <async_http_pool/metrics.hpp>

struct ssl_st;  // OpenSSL's SSL

namespace async_http_pool {

enum class PeerCertificates { leave, keep };

/// What the two ends of an established session agreed on; its certificates as PEM if they are to be
/// kept. Of a session that was resumed perhaps only the server's own: OpenSSL does not save more.
/// Throws `std::bad_alloc`.
[[nodiscard]] TlsInfo describe_tls(const ssl_st& session, PeerCertificates certificates);

}  // namespace async_http_pool
