#include "curl/transfer_metrics.hpp"

#include "base/close_notify.hpp"
#include "curl/curl_library.hpp"

#include <utility>

namespace async_http_pool {
namespace {

using Microseconds = Metrics::Microseconds;

SocketAddress address_of(const EasyHandle& easy, CURLINFO ip, CURLINFO port) {
  const char* const text = easy.info<const char*>(ip, nullptr);
  if (text == nullptr || *text == '\0') return {};  // then the port may be -1
  return {.ip = text, .port = static_cast<int>(easy.info<long>(port, 0))};
}

ProtocolVersion protocol_of(const EasyHandle& easy) noexcept {
  switch (easy.info<long>(CURLINFO_HTTP_VERSION, 0)) {
    case CURL_HTTP_VERSION_1_0:
      return ProtocolVersion::http1_0;
    case CURL_HTTP_VERSION_1_1:
      return ProtocolVersion::http1_1;
    case CURL_HTTP_VERSION_2_0:
      return ProtocolVersion::http2;
    case CURL_HTTP_VERSION_3:
      return ProtocolVersion::http3;
    default:
      return ProtocolVersion::none;
  }
}

/// Hands out the time between points on a line, each of which may not have been reached.
class Stretches {
 public:
  /// From the last point that was reached until `point`; zero when that was not.
  Microseconds until(curl_off_t point) noexcept {
    if (point <= reached_) return Microseconds(0);
    return Microseconds(point - std::exchange(reached_, point));
  }

 private:
  curl_off_t reached_ = 0;
};

void measure_times(const EasyHandle& easy, curl_off_t total, Metrics& metrics) noexcept {
  const auto time = [&easy](CURLINFO what) { return easy.info<curl_off_t>(what, 0); };
  Stretches stretches;
  // On a connection that was there libcurl says a few microseconds for the name all the same, and
  // nothing of how long it was waited for: that goes to the first byte.
  if (!metrics.is_connection_reused) {
    metrics.dns = stretches.until(time(CURLINFO_NAMELOOKUP_TIME_T));
    metrics.connect = stretches.until(time(CURLINFO_CONNECT_TIME_T));
    curl_off_t secured = time(CURLINFO_APPCONNECT_TIME_T);
    const bool is_tunnelled = easy.info<long>(CURLINFO_HTTP_CONNECTCODE, 0) != 0;
    if (secured == 0 && is_tunnelled) secured = time(CURLINFO_PRETRANSFER_TIME_T);
    metrics.tls = stretches.until(secured);
  }
  metrics.first_byte = stretches.until(time(CURLINFO_STARTTRANSFER_TIME_T));
  if (metrics.first_byte.count() > 0) metrics.transfer = stretches.until(total);
}

/// Null where there is none, or none that our own OpenSSL can read.
const ssl_st* session_of(const EasyHandle& easy) noexcept {
  if (!loaded_curl_shares_openssl()) return nullptr;
  const auto* session = easy.info<const curl_tlssessioninfo*>(CURLINFO_TLS_SSL_PTR, nullptr);
  if (session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL) return nullptr;
  return static_cast<const ssl_st*>(session->internals);
}

}  // namespace

Metrics metrics_of(const EasyHandle& easy) {
  Metrics metrics;
  // A handle that was used and reset keeps the addresses of last time until it is used again, but
  // not the times.
  const auto total = easy.info<curl_off_t>(CURLINFO_TOTAL_TIME_T, 0);
  if (total == 0) return metrics;
  metrics.local_address = address_of(easy, CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT);
  metrics.remote_address = address_of(easy, CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT);
  const bool has_connection = easy.info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T, 0) > 0;
  metrics.is_connection_reused = has_connection && easy.info<long>(CURLINFO_NUM_CONNECTS, 0) == 0;
  measure_times(easy, total, metrics);
  metrics.bytes_sent = easy.info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T, 0);
  metrics.bytes_received = easy.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T, 0);
  metrics.protocol = protocol_of(easy);
  return metrics;
}

std::optional<TlsInfo> tls_info_of(const EasyHandle& easy, PeerCertificates certificates) {
  const ssl_st* session = session_of(easy);
  if (session == nullptr) return std::nullopt;
  return describe_tls(*session, certificates);
}

bool is_ended_by_close_notify(const EasyHandle& easy) noexcept {
  const ssl_st* session = session_of(easy);
  return session != nullptr && has_close_notify(*session);
}

}  // namespace async_http_pool
