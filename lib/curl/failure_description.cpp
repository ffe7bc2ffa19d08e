#include "curl/failure_description.hpp"

#include <algorithm>
#include <string_view>

namespace async_http_pool {

namespace {

struct Classification {
  CURLcode curl;
  ErrorType type;
  ErrorCode code;
};

// A header line above libcurl's own limit; 7.88 has no name for it yet (CURLE_TOO_LARGE, 8.6.0).
constexpr auto curle_too_large = static_cast<CURLcode>(100);

// What is not listed is unknown/internal. ETIMEDOUT, ENETUNREACH and the like all arrive as
// COULDNT_CONNECT.
constexpr Classification classifications[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ErrorType::connection, ErrorCode::name_resolution},
    {CURLE_COULDNT_RESOLVE_PROXY, ErrorType::connection, ErrorCode::proxy_failure},
    {CURLE_COULDNT_CONNECT, ErrorType::connection, ErrorCode::connection_refused},
    {CURLE_PROXY, ErrorType::connection, ErrorCode::proxy_failure},
    {CURLE_OPERATION_TIMEDOUT, ErrorType::timeout, ErrorCode::connect_timeout},
    {CURLE_GOT_NOTHING, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_SEND_ERROR, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_RECV_ERROR, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_PARTIAL_FILE, ErrorType::connection, ErrorCode::truncated_response},
    {CURLE_HTTP2, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_HTTP2_STREAM, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_HTTP3, ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_QUIC_CONNECT_ERROR, ErrorType::connection, ErrorCode::connection_refused},
    {CURLE_SEND_FAIL_REWIND, ErrorType::connection, ErrorCode::response_lost},
    // A body of unknown size, and HTTP/1.0, which knows no chunks.
    {CURLE_UPLOAD_FAILED, ErrorType::unknown, ErrorCode::request_body},
    {CURLE_UNSUPPORTED_PROTOCOL, ErrorType::unknown, ErrorCode::protocol_violation},
    // A folded first header line, for one: the option that this code usually complains of is ours.
    {CURLE_BAD_FUNCTION_ARGUMENT, ErrorType::unknown, ErrorCode::protocol_violation},
    {CURLE_WEIRD_SERVER_REPLY, ErrorType::unknown, ErrorCode::protocol_violation},
    {CURLE_BAD_CONTENT_ENCODING, ErrorType::unknown, ErrorCode::content_decoding},
    {CURLE_SSL_CONNECT_ERROR, ErrorType::ssl, ErrorCode::tls_handshake},
    {CURLE_SSL_CIPHER, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_SSL_CLIENTCERT, ErrorType::ssl, ErrorCode::tls_handshake},
    {CURLE_SSL_CERTPROBLEM, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_SSL_CACERT_BADFILE, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_SSL_CRL_BADFILE, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_SSL_ENGINE_NOTFOUND, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_SSL_ENGINE_SETFAILED, ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_PEER_FAILED_VERIFICATION, ErrorType::ssl, ErrorCode::tls_verification},
    {CURLE_SSL_ISSUER_ERROR, ErrorType::ssl, ErrorCode::tls_verification},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, ErrorType::ssl, ErrorCode::tls_verification},
    {CURLE_SSL_INVALIDCERTSTATUS, ErrorType::ssl, ErrorCode::tls_verification},
    {CURLE_SSL_SHUTDOWN_FAILED, ErrorType::ssl, ErrorCode::tls_handshake},
    {CURLE_USE_SSL_FAILED, ErrorType::ssl, ErrorCode::tls_handshake},
    {curle_too_large, ErrorType::response_too_large, ErrorCode::headers_too_large},
};

/// Codes that mean several things, told apart by libcurl's words (7.88 to 8.22).
struct Wording {
  CURLcode curl;
  std::string_view words;
  ErrorType type;
  ErrorCode code;
};

constexpr Wording wordings[] = {
    {CURLE_OPERATION_TIMEDOUT, "Operation too slow", ErrorType::timeout, ErrorCode::low_speed},
    {CURLE_RECV_ERROR, "chunk", ErrorType::unknown, ErrorCode::protocol_violation},
    {CURLE_RECV_ERROR, "Too large response headers", ErrorType::response_too_large,
     ErrorCode::headers_too_large},
    // TLS: the connection ended without the close_notify that tells that this is the end.
    {CURLE_RECV_ERROR, "unexpected eof", ErrorType::connection, ErrorCode::truncated_response},
    // The handshake was broken off by the network or the way there, not refused by the server.
    {CURLE_SSL_CONNECT_ERROR, "Connection reset", ErrorType::connection,
     ErrorCode::connection_lost},
    {CURLE_SSL_CONNECT_ERROR, "SSL_ERROR_SYSCALL", ErrorType::connection,
     ErrorCode::connection_lost},
    {CURLE_SSL_CONNECT_ERROR, "unexpected eof", ErrorType::connection, ErrorCode::connection_lost},
    {CURLE_SSL_CONNECT_ERROR, "getpeername() failed", ErrorType::connection,
     ErrorCode::connection_lost},
    // 8.22: a client's certificate.
    {CURLE_BAD_FUNCTION_ARGUMENT, "unable to set private key", ErrorType::ssl,
     ErrorCode::tls_configuration},
    {CURLE_BAD_FUNCTION_ARGUMENT, "could not load", ErrorType::ssl, ErrorCode::tls_configuration},
    {CURLE_COULDNT_RESOLVE_HOST, "thread failed to start", ErrorType::connection,
     ErrorCode::out_of_resources},
};

/// None as long as nothing of a response came, where it is about one.
const Wording* find_wording(CURLcode code, std::string_view detail,
                            bool has_response_bytes) noexcept {
  if (code == CURLE_RECV_ERROR && !has_response_bytes) return nullptr;
  const auto* found = std::find_if(std::begin(wordings), std::end(wordings), [&](const Wording& w) {
    return w.curl == code && detail.find(w.words) != std::string_view::npos;
  });
  return found != std::end(wordings) ? found : nullptr;
}

/// With TLS 1.3 a server refuses a client's certificate, or that there is none, when for the client
/// the handshake is over already: what is left of it is OpenSSL's text.
bool is_alert_of_peer(CURLcode code, std::string_view detail) noexcept {
  return (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) &&
         detail.find("SSL routines") != std::string_view::npos &&
         detail.find(" alert ") != std::string_view::npos;
}

/// The same, when the server had closed the connection before libcurl (7.88) asked who it is: that
/// is right after the handshake (during it the code is another), so that it was about that,
/// whatever there is left to read.
bool is_hung_up_on_after_handshake(CURLcode code, std::string_view detail,
                                   const TransferProgress& progress) noexcept {
  return code == CURLE_RECV_ERROR && progress.is_https && progress.proxy == ProxyKind::none &&
         detail.starts_with("getpeername() failed");
}

/// What libcurl has to say of an unusable proxy quotes its URL, credentials included.
bool may_quote_proxy(CURLcode code, std::string_view detail) noexcept {
  return code == CURLE_COULDNT_RESOLVE_PROXY || detail.starts_with("Unsupported proxy") ||
         detail.starts_with("Unsupported pre-proxy");
}

/// Whether `code` tells of the way to a proxy, or of what an http(s) one makes of a tunnel: nothing
/// of the server was seen yet.
bool is_of_proxy(CURLcode code, const TransferProgress& progress) noexcept {
  if (progress.proxy == ProxyKind::none || progress.is_connected ||
      progress.proxy_connect_status != 0)
    return false;
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return true;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      return progress.proxy != ProxyKind::socks;  // it has a code of its own
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return progress.proxy == ProxyKind::https;
    default:
      return false;
  }
}

}  // namespace

TransferFailure describe_failure(CURLcode code, const char* detail,
                                 const TransferProgress& progress) {
  TransferFailure failure;
  const bool has_detail = detail != nullptr && *detail != '\0' && !may_quote_proxy(code, detail);
  failure.message = has_detail ? detail : curl_easy_strerror(code);
  failure.never_sent = !progress.is_connected && !progress.has_response_bytes;
  if (code == CURLE_OUT_OF_MEMORY && progress.is_connected) {
    // Up to 8.5 a header line above libcurl's 100 KB limit is "out of memory".
    failure.type = ErrorType::response_too_large;
    failure.code = ErrorCode::headers_too_large;
    failure.message = "response header line is too long";
    return failure;
  }
  if (code == CURLE_OUT_OF_MEMORY) {
    failure.code = ErrorCode::out_of_resources;
    return failure;
  }
  if (code == CURLE_HTTP2 && !has_detail && progress.is_wordless_http2_refusal &&
      !progress.has_response_bytes) {
    failure.type = ErrorType::connection;
    failure.code = ErrorCode::stream_refused;
    // Not `never_sent`: a malformed response with a GOAWAY right behind it looks the same.
    failure.message = "server ended the connection without an answer (HTTP/2 GOAWAY)";
    return failure;
  }
  if (progress.proxy_connect_status != 0 && progress.proxy_connect_status / 100 != 2) {
    failure.type = ErrorType::connection;
    failure.code = ErrorCode::proxy_failure;
    failure.is_refusal = progress.proxy_connect_status / 100 != 5;  // else it may do better soon
    return failure;
  }
  const bool is_of_handshake = is_alert_of_peer(code, failure.message) ||
                               is_hung_up_on_after_handshake(code, failure.message, progress);
  if (!progress.has_response_bytes && has_detail && is_of_handshake) {
    failure.type = ErrorType::ssl;
    failure.code = ErrorCode::tls_handshake;
    return failure;
  }
  const auto* found =
      std::find_if(std::begin(classifications), std::end(classifications),
                   [code](const Classification& entry) { return entry.curl == code; });
  if (found != std::end(classifications)) {
    failure.type = found->type;
    failure.code = is_of_proxy(code, progress) ? ErrorCode::proxy_failure : found->code;
  }
  if (code == CURLE_PARTIAL_FILE && !progress.has_response_bytes)
    failure.code = ErrorCode::connection_lost;  // an HTTP/2 connection ended
  failure.is_refusal = code == CURLE_PROXY;
  if (const Wording* wording = find_wording(code, failure.message, progress.has_response_bytes)) {
    failure.type = wording->type;
    if (failure.code != ErrorCode::proxy_failure) failure.code = wording->code;
  }
  return failure;
}

}  // namespace async_http_pool
