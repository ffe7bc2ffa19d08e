#pragma once

#include <string>
#include <string_view>

#include <async_http_pool/s3_store.hpp>

namespace async_http_pool {

/// Where the objects of a store are: endpoint, bucket, style and prefix as URLs. An immutable
/// value.
class S3Address {
 public:
  /// From options that are complete (see s3_settings.hpp). Throws `std::invalid_argument` for an
  /// endpoint that is no http or https URL of a host alone, none for a region of AWS whose domain
  /// is not known, a bucket that cannot be named in that style, and a prefix that is not UTF-8, has
  /// control characters or a segment `.` or `..` (which libcurl would remove), or leaves no room
  /// for a key.
  explicit S3Address(const S3StoreOptions& options);

  /// The URL of the object `<prefix><key>`: each byte of its name but letters, digits, `-._~` and
  /// `/` escaped with upper-case digits, which is what a signature is made over.
  [[nodiscard]] std::string url_of(std::string_view key) const;

  /// "https://s3.eu-west-1.amazonaws.com", for messages.
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

 private:
  std::string endpoint_;
  std::string prefix_url_;
};

}  // namespace async_http_pool
