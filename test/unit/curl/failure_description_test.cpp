#include "curl/failure_description.hpp"

#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr TransferProgress nowhere{};
constexpr TransferProgress connected{.is_connected = true};

TEST_CASE("every CURLcode that a transfer can end with has a type and a code") {
  struct Row {
    int curl;
    ErrorType type;
    ErrorCode code;
  };
  using enum ErrorType;
  const Row rows[] = {
      {CURLE_UNSUPPORTED_PROTOCOL, unknown, ErrorCode::protocol_violation},
      {CURLE_FAILED_INIT, unknown, ErrorCode::internal},
      {CURLE_URL_MALFORMAT, unknown, ErrorCode::internal},
      {CURLE_COULDNT_RESOLVE_PROXY, connection, ErrorCode::proxy_failure},
      {CURLE_COULDNT_RESOLVE_HOST, connection, ErrorCode::name_resolution},
      {CURLE_COULDNT_CONNECT, connection, ErrorCode::connection_refused},
      {CURLE_WEIRD_SERVER_REPLY, unknown, ErrorCode::protocol_violation},
      {CURLE_HTTP2, connection, ErrorCode::connection_lost},
      {CURLE_PARTIAL_FILE, connection, ErrorCode::connection_lost},
      {CURLE_WRITE_ERROR, unknown, ErrorCode::internal},
      {CURLE_UPLOAD_FAILED, unknown, ErrorCode::request_body},
      {CURLE_OPERATION_TIMEDOUT, timeout, ErrorCode::connect_timeout},
      {CURLE_SSL_CONNECT_ERROR, ssl, ErrorCode::tls_handshake},
      {CURLE_ABORTED_BY_CALLBACK, unknown, ErrorCode::internal},
      {CURLE_BAD_FUNCTION_ARGUMENT, unknown, ErrorCode::protocol_violation},
      {CURLE_GOT_NOTHING, connection, ErrorCode::connection_lost},
      {CURLE_SSL_ENGINE_NOTFOUND, ssl, ErrorCode::tls_configuration},
      {CURLE_SEND_ERROR, connection, ErrorCode::connection_lost},
      {CURLE_RECV_ERROR, connection, ErrorCode::connection_lost},
      {CURLE_SSL_CERTPROBLEM, ssl, ErrorCode::tls_configuration},
      {CURLE_SSL_CIPHER, ssl, ErrorCode::tls_configuration},
      {CURLE_PEER_FAILED_VERIFICATION, ssl, ErrorCode::tls_verification},
      {CURLE_BAD_CONTENT_ENCODING, unknown, ErrorCode::content_decoding},
      {CURLE_USE_SSL_FAILED, ssl, ErrorCode::tls_handshake},
      {CURLE_SEND_FAIL_REWIND, connection, ErrorCode::response_lost},
      {CURLE_SSL_CACERT_BADFILE, ssl, ErrorCode::tls_configuration},
      {CURLE_SSL_CRL_BADFILE, ssl, ErrorCode::tls_configuration},
      {CURLE_SSL_ISSUER_ERROR, ssl, ErrorCode::tls_verification},
      {CURLE_SSL_PINNEDPUBKEYNOTMATCH, ssl, ErrorCode::tls_verification},
      {CURLE_SSL_INVALIDCERTSTATUS, ssl, ErrorCode::tls_verification},
      {CURLE_HTTP2_STREAM, connection, ErrorCode::connection_lost},
      {CURLE_HTTP3, connection, ErrorCode::connection_lost},
      {CURLE_QUIC_CONNECT_ERROR, connection, ErrorCode::connection_refused},
      {CURLE_PROXY, connection, ErrorCode::proxy_failure},
      {CURLE_SSL_CLIENTCERT, ssl, ErrorCode::tls_handshake},
      // CURLE_TOO_LARGE, from 8.6 on: a header line or block above libcurl's own limit.
      {100, response_too_large, ErrorCode::headers_too_large},
  };
  for (const Row& row : rows) {
    INFO("CURLcode " << row.curl);
    const TransferFailure failure =
        describe_failure(static_cast<CURLcode>(row.curl), nullptr, connected);
    CHECK(failure.type == row.type);
    CHECK(failure.code == row.code);
    CHECK_FALSE(failure.message.empty());
  }
}

TEST_CASE("a response that breaks off is truncated, one that never began is lost") {
  constexpr TransferProgress answered{.is_connected = true, .has_response_bytes = true};
  CHECK(describe_failure(CURLE_PARTIAL_FILE, "", answered).code == ErrorCode::truncated_response);
  CHECK(describe_failure(CURLE_PARTIAL_FILE, "", connected).code == ErrorCode::connection_lost);
}

TEST_CASE("a GOAWAY that takes no stream is a refusal, where libcurl says so by its silence") {
  constexpr TransferProgress silent{.is_connected = true, .is_wordless_http2_refusal = true};
  const TransferFailure refusal = describe_failure(CURLE_HTTP2, "", silent);
  CHECK(refusal.type == ErrorType::connection);
  CHECK(refusal.code == ErrorCode::stream_refused);
  CHECK_FALSE(refusal.never_sent);  // not for sure

  const auto is_refusal = [](CURLcode code, const char* detail, const TransferProgress& progress) {
    const TransferFailure failure = describe_failure(code, detail, progress);
    return failure.code == ErrorCode::stream_refused;
  };
  constexpr TransferProgress answered{
      .is_connected = true, .has_response_bytes = true, .is_wordless_http2_refusal = true};
  CHECK_FALSE(is_refusal(CURLE_HTTP2, "", connected));
  CHECK_FALSE(is_refusal(CURLE_HTTP2, "nghttp2 says why", silent));
  CHECK_FALSE(is_refusal(CURLE_HTTP2, "", answered));
  CHECK_FALSE(is_refusal(CURLE_HTTP2_STREAM, "", silent));
}

TEST_CASE("a transfer that was too slow is told from a connection that took too long") {
  const auto code_of = [](const char* detail) {
    const TransferFailure failure = describe_failure(CURLE_OPERATION_TIMEDOUT, detail, connected);
    CHECK(failure.type == ErrorType::timeout);
    return failure.code;
  };
  CHECK(code_of("Operation too slow. Less than 5 bytes/sec transferred the last 1 seconds") ==
        ErrorCode::low_speed);
  CHECK(code_of("Connection timed out after 200 milliseconds") == ErrorCode::connect_timeout);
  CHECK(code_of("") == ErrorCode::connect_timeout);
}

TEST_CASE("libcurl's own words on a failure are preferred to the code's general text") {
  CHECK(describe_failure(CURLE_COULDNT_CONNECT, "Failed to connect to a", nowhere).message ==
        "Failed to connect to a");
  const std::string general = curl_easy_strerror(CURLE_COULDNT_CONNECT);
  CHECK(describe_failure(CURLE_COULDNT_CONNECT, "", nowhere).message == general);
  CHECK(describe_failure(CURLE_COULDNT_CONNECT, nullptr, nowhere).message == general);
}

TEST_CASE("a request was surely not sent when there was neither a connection nor a response") {
  const auto never_sent = [](const TransferProgress& progress) {
    return describe_failure(CURLE_RECV_ERROR, nullptr, progress).never_sent;
  };
  CHECK(never_sent(nowhere));
  CHECK_FALSE(never_sent(connected));
  CHECK_FALSE(never_sent({.is_connected = false, .has_response_bytes = true}));
  CHECK_FALSE(never_sent({.is_connected = true, .has_response_bytes = true}));
}

TEST_CASE("hard case 108: a lookup for which no thread could be made lacks resources, not a name") {
  const TransferFailure failure =
      describe_failure(CURLE_COULDNT_RESOLVE_HOST, "getaddrinfo() thread failed to start", nowhere);
  CHECK(failure.type == ErrorType::connection);
  CHECK(failure.code == ErrorCode::out_of_resources);
  CHECK(failure.never_sent);
  CHECK(describe_failure(CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: thread.test", nowhere)
            .code == ErrorCode::name_resolution);
}

TEST_CASE("what cannot be received is told apart by libcurl's words, once there is a response") {
  struct Row {
    const char* detail;
    ErrorType type;
    ErrorCode code;
  };
  const Row rows[] = {
      {"Illegal or missing hexadecimal sequence in chunked-encoding", ErrorType::unknown,
       ErrorCode::protocol_violation},
      {"chunk hex-length longer than 16", ErrorType::unknown, ErrorCode::protocol_violation},
      {"Too large response headers: 307201 > 307200", ErrorType::response_too_large,
       ErrorCode::headers_too_large},
      {"OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0",
       ErrorType::connection, ErrorCode::truncated_response},
      {"Recv failure: Connection reset by peer", ErrorType::connection,
       ErrorCode::connection_lost}};
  for (const Row& row : rows) {
    INFO(row.detail);
    const TransferFailure failure = describe_failure(
        CURLE_RECV_ERROR, row.detail, {.is_connected = true, .has_response_bytes = true});
    CHECK(failure.type == row.type);
    CHECK(failure.code == row.code);
    CHECK(describe_failure(CURLE_RECV_ERROR, row.detail, connected).code ==
          ErrorCode::connection_lost);
  }
}

TEST_CASE("hard case 41: out of memory on a connection is a header line that is too long") {
  const TransferFailure failure = describe_failure(CURLE_OUT_OF_MEMORY, "Out of memory", connected);
  CHECK(failure.type == ErrorType::response_too_large);
  CHECK(failure.code == ErrorCode::headers_too_large);
  CHECK(failure.message == "response header line is too long");
  CHECK_FALSE(failure.never_sent);
}

TEST_CASE(
    "hard case 110: a proxy that refuses the tunnel is the failure, whatever libcurl calls it") {
  for (const long status : {407L, 502L, 301L}) {
    INFO(status);
    const TransferFailure failure =
        describe_failure(CURLE_RECV_ERROR, nullptr, {.proxy_connect_status = status});
    CHECK(failure.type == ErrorType::connection);
    CHECK(failure.code == ErrorCode::proxy_failure);
  }
  for (const long status : {0L, 200L}) {
    INFO(status);
    CHECK(describe_failure(CURLE_RECV_ERROR, nullptr, {.proxy_connect_status = status}).code ==
          ErrorCode::connection_lost);
  }
}

TEST_CASE("hard case 110: what happens on the way to a proxy is its failure, what follows is not") {
  struct Row {
    CURLcode curl;
    ProxyKind proxy;
    bool is_of_proxy;
  };
  const Row rows[] = {{CURLE_COULDNT_CONNECT, ProxyKind::none, false},
                      {CURLE_COULDNT_CONNECT, ProxyKind::http, true},
                      {CURLE_COULDNT_CONNECT, ProxyKind::https, true},
                      {CURLE_COULDNT_CONNECT, ProxyKind::socks, true},
                      {CURLE_RECV_ERROR, ProxyKind::none, false},
                      {CURLE_RECV_ERROR, ProxyKind::http, true},
                      {CURLE_RECV_ERROR, ProxyKind::socks, false},
                      {CURLE_SEND_ERROR, ProxyKind::https, true},
                      {CURLE_GOT_NOTHING, ProxyKind::http, true},
                      {CURLE_SSL_CONNECT_ERROR, ProxyKind::http, false},
                      {CURLE_SSL_CONNECT_ERROR, ProxyKind::https, true},
                      {CURLE_PEER_FAILED_VERIFICATION, ProxyKind::https, true},
                      {CURLE_PEER_FAILED_VERIFICATION, ProxyKind::socks, false},
                      {CURLE_SSL_CACERT_BADFILE, ProxyKind::https, false},
                      {CURLE_OPERATION_TIMEDOUT, ProxyKind::http, false},
                      {CURLE_COULDNT_RESOLVE_HOST, ProxyKind::socks, false}};
  for (const Row& row : rows) {
    INFO("CURLcode " << row.curl << ", kind " << static_cast<int>(row.proxy));
    const auto code_of = [&row](TransferProgress progress) {
      progress.proxy = row.proxy;
      return describe_failure(row.curl, nullptr, progress).code;
    };
    CHECK((code_of({}) == ErrorCode::proxy_failure) == row.is_of_proxy);
    CHECK(code_of(connected) != ErrorCode::proxy_failure);
    CHECK(code_of({.proxy_connect_status = 200}) != ErrorCode::proxy_failure);
    CHECK_FALSE(describe_failure(row.curl, nullptr, {.proxy = row.proxy}).is_refusal);
  }
  CHECK(describe_failure(CURLE_PROXY, nullptr, {.proxy = ProxyKind::socks}).is_refusal);
  CHECK(describe_failure(CURLE_RECV_ERROR, nullptr, {.proxy_connect_status = 407}).is_refusal);
}

TEST_CASE("hard case 159: out of memory before there is a connection is just that") {
  const TransferFailure failure = describe_failure(CURLE_OUT_OF_MEMORY, nullptr, nowhere);
  CHECK(failure.type == ErrorType::unknown);
  CHECK(failure.code == ErrorCode::out_of_resources);
  CHECK(failure.never_sent);
}

TEST_CASE("what libcurl says of an unusable proxy is not handed on: it quotes the credentials") {
  const TransferFailure failure =
      describe_failure(CURLE_COULDNT_RESOLVE_PROXY,
                       "Unsupported proxy syntax in 'http://user:s3cret@pro!xy:3128'", {});
  CHECK(failure.code == ErrorCode::proxy_failure);
  CHECK(failure.message.find("s3cret") == std::string::npos);
  for (const char* detail : {"Unsupported proxy scheme for 'ftp://user:s3cret@host:21'",
                             "Unsupported proxy 'https://user:s3cret@host'",
                             "Unsupported pre-proxy syntax in 'http://user:s3cret@host'"}) {
    for (const CURLcode code : {CURLE_COULDNT_CONNECT, CURLE_UNSUPPORTED_PROTOCOL,
                                CURLE_NOT_BUILT_IN, CURLE_COULDNT_RESOLVE_PROXY}) {
      CHECK(describe_failure(code, detail, {}).message == curl_easy_strerror(code));
    }
  }
}

TEST_CASE("a handshake that breaks off is a lost connection, one that is refused is not") {
  struct Row {
    CURLcode curl;
    const char* detail;
    ErrorType type;
    ErrorCode code;
  };
  const Row rows[] = {
      {CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: Connection reset by peer in connection to a",
       ErrorType::connection, ErrorCode::connection_lost},
      {CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to a:443 ",
       ErrorType::connection, ErrorCode::connection_lost},
      {CURLE_SSL_CONNECT_ERROR,
       "TLS connect error: error:0A000126:SSL routines::unexpected eof while reading",
       ErrorType::connection, ErrorCode::connection_lost},
      {CURLE_SSL_CONNECT_ERROR,
       "getpeername() failed with errno 107: Transport endpoint is not connected",
       ErrorType::connection, ErrorCode::connection_lost},
      {CURLE_SSL_CONNECT_ERROR,
       "OpenSSL/3.0.15: error:0A000410:SSL routines::sslv3 alert handshake failure", ErrorType::ssl,
       ErrorCode::tls_handshake},
      {CURLE_BAD_FUNCTION_ARGUMENT, "unable to set private key file: 'k' type PEM", ErrorType::ssl,
       ErrorCode::tls_configuration},
      {CURLE_BAD_FUNCTION_ARGUMENT, "could not load PEM client certificate from c", ErrorType::ssl,
       ErrorCode::tls_configuration},
      {CURLE_BAD_FUNCTION_ARGUMENT, "", ErrorType::unknown, ErrorCode::protocol_violation}};
  for (const Row& row : rows) {
    INFO(row.detail);
    const TransferFailure failure = describe_failure(row.curl, row.detail, nowhere);
    CHECK(failure.type == row.type);
    CHECK(failure.code == row.code);
    CHECK(failure.never_sent);
  }
  const TransferFailure to_proxy = describe_failure(
      CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to a:443 ",
      {.is_https = true, .proxy = ProxyKind::https});
  CHECK(to_proxy.type == ErrorType::connection);
  CHECK(to_proxy.code == ErrorCode::proxy_failure);
}

TEST_CASE("a server that hangs up right after the handshake did so about that") {
  const char* const detail = "getpeername() failed with errno 107: Transport endpoint is not ...";
  const TransferFailure failure =
      describe_failure(CURLE_RECV_ERROR, detail, {.is_connected = true, .is_https = true});
  CHECK(failure.type == ErrorType::ssl);
  CHECK(failure.code == ErrorCode::tls_handshake);
  const auto code_of = [&](const TransferProgress& progress) {
    return describe_failure(CURLE_RECV_ERROR, detail, progress).code;
  };
  CHECK(code_of({.is_https = true}) == ErrorCode::tls_handshake);
  CHECK(code_of({.is_connected = true}) == ErrorCode::connection_lost);
  CHECK(code_of({.is_connected = true, .has_response_bytes = true, .is_https = true}) ==
        ErrorCode::connection_lost);
  CHECK(code_of({.is_https = true, .proxy = ProxyKind::https}) == ErrorCode::proxy_failure);
}

TEST_CASE("an alert that comes before any response is a failed handshake, with TLS 1.3") {
  const char* const alert =
      "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0";
  for (const CURLcode code : {CURLE_RECV_ERROR, CURLE_SEND_ERROR}) {
    const TransferFailure failure = describe_failure(code, alert, connected);
    CHECK(failure.type == ErrorType::ssl);
    CHECK(failure.code == ErrorCode::tls_handshake);
    CHECK(failure.message == alert);
  }
  CHECK(
      describe_failure(CURLE_RECV_ERROR, alert, {.is_connected = true, .has_response_bytes = true})
          .code == ErrorCode::connection_lost);
  CHECK(describe_failure(CURLE_RECV_ERROR, "Recv failure: red alert received", connected).code ==
        ErrorCode::connection_lost);
  CHECK(describe_failure(CURLE_RECV_ERROR,
                         "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof", connected)
            .code == ErrorCode::connection_lost);
}

}  // namespace
}  // namespace async_http_pool
