#include <async_http_pool/s3_store.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "base/clock.hpp"
#include "base/printable.hpp"
#include "base/random_fraction.hpp"
#include "base/secret_mask.hpp"
#include "base/sha256.hpp"
#include "curl/blocking_client_pool.hpp"
#include "curl/curl_error.hpp"
#include "stores/payload_key.hpp"
#include "stores/s3_address.hpp"
#include "stores/s3_error.hpp"
#include "stores/s3_error_document.hpp"
#include "stores/s3_retry.hpp"
#include "stores/s3_settings.hpp"

namespace async_http_pool {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t payload_bytes_max = std::size_t{512} << 20;
constexpr std::size_t error_bytes_max = std::size_t{64} << 10;

BlockingClientOptions client_options(const S3StoreOptions& options) {
  return {.signing = {.scope = fmt::format("aws:amz:{}:s3", options.region),
                      .access_key_id = options.access_key_id,
                      .secret_access_key = options.secret_access_key},
          .ca_file = options.ca_file,
          .connect_timeout = options.connect_timeout,
          .limits = {.body_bytes_max = payload_bytes_max, .error_body_bytes_max = error_bytes_max}};
}

/// What the server knows and may quote, and the secret key, which it must not. A key id is no
/// secret of its own, and a short one may be a part of many a word.
SecretMask secrets_of(const S3StoreOptions& options) {
  constexpr std::size_t telling_bytes_min = 8;
  std::vector<std::string> secrets = {options.session_token, options.secret_access_key};
  if (options.access_key_id.size() >= telling_bytes_min) secrets.push_back(options.access_key_id);
  return SecretMask(std::move(secrets));
}

}  // namespace

class S3Store::Impl {
 public:
  explicit Impl(S3StoreOptions options)
      : options_(complete_s3_options(std::move(options), read_environment)),
        secrets_(secrets_of(options_)),
        address_(options_),
        clients_(client_options(options_)) {}

  void store(std::string_view key, std::string_view payload) {
    if (payload.size() > payload_bytes_max) {
      throw PayloadStoreError(
          PayloadStoreErrorCode::payload_too_large,
          message_of({.verb = "PUT", .key = key}, fmt::format("payload has {} bytes, more than {}",
                                                              payload.size(), payload_bytes_max)));
    }
    static_cast<void>(call({.verb = "PUT", .key = key, .payload = payload}));
  }

  std::optional<std::string> fetch(std::string_view key) {
    std::optional<BlockingResponse> response = call({.verb = "GET", .key = key});
    if (!response) return std::nullopt;
    return std::move(response->body);
  }

  void remove(std::string_view key) { static_cast<void>(call({.verb = "DELETE", .key = key})); }

 private:
  struct Call {
    const char* verb;
    std::string_view key;
    std::optional<std::string_view> payload = std::nullopt;
  };

  /// The response; none when there is no such object. Throws `PayloadStoreError`.
  [[nodiscard]] std::optional<BlockingResponse> call(const Call& call);
  [[nodiscard]] BlockingRequest request_for(const Call& call) const;
  /// One attempt.
  [[nodiscard]] std::variant<BlockingResponse, S3Failure> attempt(const Call& call,
                                                                  const BlockingRequest& request,
                                                                  TimePoint deadline);
  [[nodiscard]] std::string message_of(const Call& call, std::string_view reason) const;

  const S3StoreOptions options_;
  const SecretMask secrets_;
  const S3Address address_;
  BlockingClientPool clients_;
};

BlockingRequest S3Store::Impl::request_for(const Call& call) const {
  BlockingRequest request{
      .method = call.verb, .url = address_.url_of(call.key), .body = call.payload};
  // libcurl 7.88 signs what this header says, and does not add it; S3 insists on it.
  request.headers.set("x-amz-content-sha256", sha256_hex(call.payload.value_or("")));
  if (!options_.session_token.empty()) {
    request.headers.set("x-amz-security-token", options_.session_token);
  }
  if (call.payload) request.headers.set("content-type", "application/json");
  return request;
}

std::optional<BlockingResponse> S3Store::Impl::call(const Call& call) {
  check_payload_key(call.key);
  const TimePoint deadline = SteadyClock::now() + options_.request_timeout;
  const BlockingRequest request = request_for(call);
  for (int retries_made = 0;; ++retries_made) {
    auto outcome = attempt(call, request, deadline);
    if (auto* response = std::get_if<BlockingResponse>(&outcome)) return std::move(*response);
    const auto& failure = std::get<S3Failure>(outcome);
    if (failure.is_missing_object && !call.payload) return std::nullopt;
    const std::optional<milliseconds> delay = decide_s3_retry(
        failure, {.retries_made = retries_made,
                  .retries_max = options_.retries,
                  .first_delay = options_.retry_delay,
                  .jitter = random_fraction(),
                  .time_left = std::chrono::floor<milliseconds>(deadline - SteadyClock::now())});
    if (!delay) {
      const std::string attempts =
          retries_made == 0 ? "" : fmt::format(" ({} attempts)", retries_made + 1);
      throw PayloadStoreError(failure.code, message_of(call, failure.text + attempts));
    }
    std::this_thread::sleep_for(*delay);
  }
}

std::variant<BlockingResponse, S3Failure> S3Store::Impl::attempt(const Call& call,
                                                                 const BlockingRequest& request,
                                                                 TimePoint deadline) {
  BlockingResult result;
  try {
    result = clients_.perform(request, deadline);
  } catch (const CurlError& error) {
    return S3Failure{.text = error.what()};  // a libcurl that cannot sign, for one
  }
  if (const auto* failure = std::get_if<TransferFailure>(&result)) {
    return describe_s3_transfer(*failure, secrets_);
  }
  auto& response = std::get<BlockingResponse>(result);
  const bool is_success = response.status / 100 == 2;
  // S3 may begin an answer before it knows how it ends.
  const bool is_hidden_error =
      is_success && call.payload && !read_s3_error(response.body).code.empty();
  if (!is_success || is_hidden_error) {
    S3Failure failure = describe_s3_answer(
        {.status = response.status,
         .body = response.body,
         .bucket_region = response.headers.get("x-amz-bucket-region").value_or("")},
        secrets_);
    failure.retry_after = response.retry_after;
    return failure;
  }
  if (std::string_view(call.verb) != "GET") return std::move(response);
  if (response.status != 200) {
    return S3Failure{.code = PayloadStoreErrorCode::corrupt,
                     .text = fmt::format("status {} is not that of a payload", response.status)};
  }
  if (!response.is_delimited) {
    return S3Failure{.code = PayloadStoreErrorCode::corrupt,
                     .text = "the response does not tell its length, so it may be cut short"};
  }
  return std::move(response);
}

std::string S3Store::Impl::message_of(const Call& call, std::string_view reason) const {
  return fmt::format("s3 store, bucket {} at {}: {} of {} failed: {}", quoted(options_.bucket),
                     address_.endpoint(), call.verb,
                     quoted(fmt::format("{}{}", options_.key_prefix, call.key)), reason);
}

S3Store::S3Store(S3StoreOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

S3Store::~S3Store() = default;

std::string S3Store::store(std::string_view key, std::string_view payload) {
  impl_->store(key, payload);
  return std::string(key);
}

std::optional<std::string> S3Store::fetch(std::string_view key) { return impl_->fetch(key); }

void S3Store::remove(std::string_view key) { impl_->remove(key); }

}  // namespace async_http_pool
