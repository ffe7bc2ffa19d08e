#pragma once

#include "base/tls_info.hpp"
#include "curl/easy_handle.hpp"

#include <async_http_pool/metrics.hpp>

#include <optional>

namespace async_http_pool {

/// What libcurl measured of a transfer that is over: all but `queue`, `total`, `redirect` and
/// `attempts`, which it knows nothing of. All zero when it did not get as far as a connection or a
/// look-up. Throws `std::bad_alloc`.
[[nodiscard]] Metrics metrics_of(const EasyHandle& easy);

/// What TLS agreed on with the server, while a transfer that uses it goes on: in a callback of
/// libcurl. Through a proxy that is spoken to by TLS it is the session with the server inside. None
/// when there is no session, or libcurl has another OpenSSL than this library. Throws
/// `std::bad_alloc`.
[[nodiscard]] std::optional<TlsInfo> tls_info_of(const EasyHandle& easy,
                                                 PeerCertificates certificates);

/// Whether the server said that the connection ends here, see base/close_notify.hpp. While the
/// transfer has its connection, and where `tls_info_of` knows something; else false.
[[nodiscard]] bool is_ended_by_close_notify(const EasyHandle& easy) noexcept;

}  // namespace async_http_pool
