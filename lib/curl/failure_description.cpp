#include "curl/failure_description.hpp"

#include <algorithm>

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
    {CURLE_COULDNT_RESOLVE_PROXY, ErrorType::connection, ErrorCode::name_resolution},
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

}  // namespace

TransferFailure describe_failure(CURLcode code, const char* detail,
                                 const TransferProgress& progress) {
  TransferFailure failure;
  // What libcurl has to say of an unusable proxy quotes its URL, credentials included.
  const bool has_detail =
      detail != nullptr && *detail != '\0' && code != CURLE_COULDNT_RESOLVE_PROXY;
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
  if (progress.proxy_connect_status != 0 && progress.proxy_connect_status / 100 != 2) {
    failure.type = ErrorType::connection;
    failure.code = ErrorCode::proxy_failure;
    return failure;
  }
  const auto* found =
      std::find_if(std::begin(classifications), std::end(classifications),
                   [code](const Classification& entry) { return entry.curl == code; });
  if (found != std::end(classifications)) {
    failure.type = found->type;
    failure.code = found->code;
  }
  return failure;
}

}  // namespace async_http_pool
