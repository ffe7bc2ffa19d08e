#include "stores/s3_error.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "stores/s3_error_document.hpp"

namespace async_http_pool {
namespace {

using Code = PayloadStoreErrorCode;

enum class Retry { no, yes };

struct NamedError {
  std::string_view name;
  Code code;
  Retry retry = Retry::no;
};

// Amazon S3 API Reference, Error Responses; the names with X are those of MinIO, QuotaExceeded is
// that of Ceph. What a name says counts, whatever the status is.
constexpr NamedError named_errors[] = {
    {"AccessDenied", Code::unauthorized},
    {"AccountProblem", Code::unauthorized},
    {"AllAccessDisabled", Code::unauthorized},
    {"ExpiredToken", Code::unauthorized},
    {"InvalidAccessKeyId", Code::unauthorized},
    {"InvalidSecurity", Code::unauthorized},
    {"InvalidToken", Code::unauthorized},
    {"NotSignedUp", Code::unauthorized},
    {"RequestExpired", Code::unauthorized},
    {"RequestTimeTooSkewed", Code::unauthorized},
    {"SignatureDoesNotMatch", Code::unauthorized},
    {"TokenRefreshRequired", Code::unauthorized},
    {"AuthorizationHeaderMalformed", Code::misconfigured},
    {"IllegalLocationConstraintException", Code::misconfigured},
    {"InvalidBucketName", Code::misconfigured},
    {"KeyTooLongError", Code::misconfigured},
    {"MethodNotAllowed", Code::misconfigured},
    {"NoSuchBucket", Code::misconfigured},
    {"NotImplemented", Code::misconfigured},
    {"PermanentRedirect", Code::misconfigured},
    {"Redirect", Code::misconfigured},
    {"TemporaryRedirect", Code::misconfigured},
    {"EntityTooLarge", Code::payload_too_large},
    {"BandwidthLimitExceeded", Code::overloaded, Retry::yes},
    {"RequestLimitExceeded", Code::overloaded, Retry::yes},
    {"ServiceUnavailable", Code::overloaded, Retry::yes},
    {"SlowDown", Code::overloaded, Retry::yes},
    {"Throttling", Code::overloaded, Retry::yes},
    {"TooManyRequests", Code::overloaded, Retry::yes},
    {"QuotaExceeded", Code::full},
    {"XMinioAdminBucketQuotaExceeded", Code::full},
    {"XMinioStorageFull", Code::full},
    {"BadDigest", Code::corrupt},
    {"IncompleteBody", Code::corrupt},
    {"XAmzContentSHA256Mismatch", Code::corrupt},
    {"InternalError", Code::unavailable, Retry::yes},
    {"OperationAborted", Code::unavailable, Retry::yes},
    {"RequestTimeout", Code::unavailable, Retry::yes},
};

NamedError error_of_status(int status) noexcept {
  switch (status) {
    case 401:
    case 403:
      return {.name = {}, .code = Code::unauthorized};
    case 301:
    case 302:
    case 307:
    case 308:
    case 404:
    case 405:
    case 501:
      return {.name = {}, .code = Code::misconfigured};
    case 413:
      return {.name = {}, .code = Code::payload_too_large};
    case 429:
    case 503:
      return {.name = {}, .code = Code::overloaded, .retry = Retry::yes};
    case 507:
      return {.name = {}, .code = Code::full};
    case 505:
      return {.name = {}, .code = Code::internal};
    default:
      break;
  }
  return status >= 500 ? NamedError{.name = {}, .code = Code::unavailable, .retry = Retry::yes}
                       : NamedError{.name = {}, .code = Code::internal};
}

NamedError classify(int status, std::string_view name) noexcept {
  const auto* const found =
      std::find_if(std::begin(named_errors), std::end(named_errors),
                   [name](const NamedError& error) { return error.name == name; });
  return found != std::end(named_errors) ? *found : error_of_status(status);
}

/// Whether the failure is that the bucket is elsewhere, so that a region the answer names is the
/// right one.
bool is_about_region(int status, std::string_view name) noexcept {
  return status / 100 == 3 || name == "AuthorizationHeaderMalformed" ||
         name == "IllegalLocationConstraintException";
}

/// A code that is one; nothing else of that length is worth telling.
bool is_short(std::string_view code) noexcept { return !code.empty() && code.size() <= 200; }

}  // namespace

S3Failure describe_s3_answer(const S3Answer& answer, const SecretMask& secrets) {
  const S3ErrorDocument document = read_s3_error(answer.body);
  const auto told = [&secrets](std::string_view text) { return quoted(secrets.masked(text)); };
  const NamedError error = classify(answer.status, document.code);
  S3Failure failure{.code = error.code,
                    .is_worth_retry = error.retry == Retry::yes,
                    .text = fmt::format("status {}", answer.status)};
  failure.is_missing_object = answer.status == 404 && document.code == "NoSuchKey";
  if (is_short(document.code)) failure.text += " " + secrets.masked(document.code);
  if (!document.message.empty()) failure.text += fmt::format(": {}", told(document.message));
  if (is_about_region(answer.status, document.code)) {
    const std::string_view region =
        document.region.empty() ? answer.bucket_region : std::string_view(document.region);
    if (!region.empty()) failure.text += fmt::format(", the server wants region {}", told(region));
    if (!document.endpoint.empty()) {
      failure.text += fmt::format(", the server wants endpoint {}", told(document.endpoint));
    }
  }
  if (!document.request_id.empty()) {
    failure.text += fmt::format(", request id {}", told(document.request_id));
  }
  return failure;
}

S3Failure describe_s3_transfer(const TransferFailure& failure, const SecretMask& secrets) {
  S3Failure described{.text = printable(secrets.masked(failure.message))};
  switch (failure.type) {
    case ErrorType::connection:
      described.code = Code::unavailable;
      described.is_worth_retry = true;
      break;
    case ErrorType::timeout:
      // Before the whole time is over there may be another try.
      described.is_worth_retry = failure.code == ErrorCode::connect_timeout;
      described.code = described.is_worth_retry ? Code::unavailable : Code::timeout;
      break;
    case ErrorType::ssl:
      // A handshake also fails when the connection breaks in it.
      described.is_worth_retry = failure.code == ErrorCode::tls_handshake;
      described.code = described.is_worth_retry ? Code::unavailable : Code::misconfigured;
      break;
    case ErrorType::response_too_large:
      if (failure.code == ErrorCode::body_too_large) described.code = Code::payload_too_large;
      break;
    default:
      break;
  }
  return described;
}

}  // namespace async_http_pool
