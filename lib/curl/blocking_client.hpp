#pragma once

#include "base/clock.hpp"
#include "curl/bounded_response.hpp"
#include "curl/multi_handle.hpp"
#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <curl/curl.h>

namespace async_http_pool {

struct BlockingRequest {
  std::string method = "GET";
  std::string url;  ///< as it is to be sent and signed
  /// All of them are signed. No value may be empty, no name stand twice or be another one with `-`
  /// or a digit and more behind it: libcurl below 8.13 would sign something else than it sends.
  Headers headers;
  std::optional<std::string_view> body;  ///< not copied
};

/// How libcurl signs requests (AWS Signature Version 4).
struct RequestSigning {
  std::string scope;  ///< "aws:amz:us-east-1:s3"
  std::string access_key_id;
  std::string secret_access_key;
};

struct BlockingClientOptions {
  RequestSigning signing;
  std::string ca_file;  ///< PEM; empty: the system's authorities
  std::chrono::milliseconds connect_timeout;
  BoundedResponseLimits limits;
};

using BlockingResult = std::variant<BlockingResponse, TransferFailure>;

/// Performs signed HTTP/1.1 requests, one after the other, on the calling thread, over one
/// connection that it keeps between them. Follows no redirects, asks the environment for no proxy.
///
/// Each request has an easy handle of its own, for a used one can be crashed from outside below
/// libcurl 8.1 (see quirks.hpp). The connection is kept all the same: it belongs to the multi
/// handle, and that stays.
class BlockingClient {
 public:
  explicit BlockingClient(const BlockingClientOptions& options);
  BlockingClient(const BlockingClient&) = delete;
  BlockingClient& operator=(const BlockingClient&) = delete;

  /// Returns at `deadline`, with a failure, when nothing else came. The request may be sent twice:
  /// libcurl does that when a connection used before dies. Throws `CurlError` when libcurl lacks
  /// something it must have, `std::bad_alloc`.
  [[nodiscard]] BlockingResult perform(const BlockingRequest& request, TimePoint deadline);

 private:
  /// Forgets the connection, if there is one.
  void renew();
  [[nodiscard]] CURLcode drive(TimePoint deadline);

  const BlockingClientOptions& options_;
  std::optional<MultiHandle> multi_;
  curl_socket_t idle_socket_ = CURL_SOCKET_BAD;  // of the connection that the last request left
};

}  // namespace async_http_pool
