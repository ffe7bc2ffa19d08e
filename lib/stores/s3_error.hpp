#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <async_http_pool/exceptions.hpp>
#include "base/secret_mask.hpp"
#include "response/transfer_failure.hpp"

namespace async_http_pool {

/// Why a call to S3 failed, and what follows from it.
struct S3Failure {
  PayloadStoreErrorCode code = PayloadStoreErrorCode::internal;
  bool is_worth_retry = false;
  std::string text;  ///< printable; may quote what the server says, without secrets
  std::chrono::seconds retry_after{0};
  /// The server says that there is no such object (and not that there is no such bucket, or
  /// nothing at all).
  bool is_missing_object = false;
};

/// An answer that is no success.
struct S3Answer {
  int status = 0;
  std::string_view body;
  std::string_view bucket_region;  ///< of the header x-amz-bucket-region
};

[[nodiscard]] S3Failure describe_s3_answer(const S3Answer& answer, const SecretMask& secrets);
[[nodiscard]] S3Failure describe_s3_transfer(const TransferFailure& failure,
                                             const SecretMask& secrets);

}  // namespace async_http_pool
