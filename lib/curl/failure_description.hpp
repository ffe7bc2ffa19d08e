#pragma once

#include "config/proxy_choice.hpp"
#include "response/transfer_failure.hpp"

#include <curl/curl.h>

namespace async_http_pool {

/// How far a transfer had come when it failed.
struct TransferProgress {
  bool is_connected = false;               ///< the request was about to be sent, or was
  bool has_response_bytes = false;         ///< part of a response arrived
  bool is_wordless_http2_refusal = false;  ///< see Quirks::refuses_streams_wordlessly
  bool is_https = false;                   ///< the request's URL, not the proxy's
  ProxyKind proxy = ProxyKind::none;
  long proxy_connect_status = 0;  ///< what a proxy answered to CONNECT, 0 for no answer
};

/// Translates what libcurl says (libcurl-errors(3)). `detail` is the text of CURLOPT_ERRORBUFFER,
/// may be empty.
[[nodiscard]] TransferFailure describe_failure(CURLcode code, const char* detail,
                                               const TransferProgress& progress);

}  // namespace async_http_pool
