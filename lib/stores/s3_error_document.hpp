#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// What is of use in the XML that S3 answers errors with. What is missing, or longer than 64
/// KiB, is empty; nothing is cut.
struct S3ErrorDocument {
  std::string code;        ///< "NoSuchKey"
  std::string message;     ///< for people
  std::string region;      ///< the one that the server wants
  std::string endpoint;    ///< the host that the server wants
  std::string request_id;  ///< for those who run the server
};

/// Reads what may be an error document, or a part of one, or something else: all is empty then.
/// Other elements, which may quote the request and its credentials, are not looked at.
[[nodiscard]] S3ErrorDocument read_s3_error(std::string_view body);

}  // namespace async_http_pool
