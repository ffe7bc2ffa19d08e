#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/payload_store.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// How a bucket is named in URLs.
enum class S3AddressingStyle {
  automatic,  ///< host, unless there is an `endpoint` or the bucket's name has a dot or what else
              ///< cannot be in a certificate's host name
  host,       ///< https://BUCKET.s3.REGION.amazonaws.com/KEY
  path        ///< https://s3.REGION.amazonaws.com/BUCKET/KEY
};

struct S3StoreOptions {
  std::string bucket = {};    ///< must be there; the store does not make it
  std::string region = {};    ///< empty: $AWS_REGION, $AWS_DEFAULT_REGION, else "us-east-1"
  std::string endpoint = {};  ///< http or https URL without a path; empty: $AWS_ENDPOINT_URL_S3,
                              ///< $AWS_ENDPOINT_URL, else the region's at AWS (which
                              ///< must be given for isolated and sovereign regions)
  S3AddressingStyle addressing_style = S3AddressingStyle::automatic;
  /// At most 824 bytes of UTF-8 without control characters and without a segment `.` or `..`.
  std::string key_prefix = "async_http_pool/payloads/";
  std::string access_key_id = {};  ///< both empty: $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY and
  std::string secret_access_key = {};                ///< $AWS_SESSION_TOKEN
  std::string session_token = {};                    ///< of temporary credentials
  std::string ca_file = {};                          ///< PEM; empty: the system's authorities
  std::chrono::milliseconds connect_timeout{5000};   ///< DNS, TCP and TLS
  std::chrono::milliseconds request_timeout{60000};  ///< for a whole call, retries included
  int retries = 3;                                   ///< attempts after the first, 0 to 20
  std::chrono::milliseconds retry_delay{100};  ///< longest pause before the first retry; doubles
};

/// Payloads as objects of S3 or a server that speaks its protocol, `<prefix><key>` with content
/// type application/json, as the Ruby original keeps them.
///
/// Requests are signed by AWS Signature Version 4, which wants this machine's clock right to a
/// quarter of an hour. Calls use connections that are kept between them, one for each thread that
/// calls at a time; in a forked process each call makes its own. Proxies of the environment are not
/// used, redirects not followed. What is worth another try is tried again with back-off:
/// connections that fail or break, status 429 and 5xx (but 501, 505 and 507), and the error codes
/// SlowDown, InternalError, RequestTimeout, ServiceUnavailable and the like; all requests are
/// idempotent. A pause is not shorter than what the server asks for by `retry-after`.
///
/// A payload has 512 MiB at most. It is missing only when the server answers NoSuchKey; any other
/// 404 is an error. Without the permission to list the bucket (s3:ListBucket) AWS answers 403 for a
/// key that is not there, which is `unauthorized` and not missing. Nothing expires: use a lifecycle
/// rule of the bucket.
class AHP_EXPORT S3Store final : public PayloadStore {
 public:
  /// Makes no connection. Throws `std::invalid_argument` when an option is wrong, the bucket is
  /// missing, or there are no credentials.
  explicit S3Store(S3StoreOptions options);
  ~S3Store() override;

  std::string store(std::string_view key, std::string_view payload) override;
  std::optional<std::string> fetch(std::string_view key) override;
  void remove(std::string_view key) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace async_http_pool
