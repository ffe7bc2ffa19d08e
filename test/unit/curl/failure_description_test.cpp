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
      {CURLE_COULDNT_RESOLVE_PROXY, connection, ErrorCode::name_resolution},
      {CURLE_COULDNT_RESOLVE_HOST, connection, ErrorCode::name_resolution},
      {CURLE_COULDNT_CONNECT, connection, ErrorCode::connection_refused},
      {CURLE_WEIRD_SERVER_REPLY, unknown, ErrorCode::protocol_violation},
      {CURLE_HTTP2, connection, ErrorCode::connection_lost},
      {CURLE_PARTIAL_FILE, connection, ErrorCode::truncated_response},
      {CURLE_WRITE_ERROR, unknown, ErrorCode::internal},
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
  CHECK(failure.code == ErrorCode::name_resolution);
  CHECK(failure.message.find("s3cret") == std::string::npos);
}

}  // namespace
}  // namespace async_http_pool
