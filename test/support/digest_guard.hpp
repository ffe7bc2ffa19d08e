#pragma once

#include "support/dynamic_server.hpp"

#include <string>
#include <string_view>

namespace async_http_pool::test {

/// Who may pass, and how that is asked.
struct DigestRealm {
  std::string username;
  std::string password;
  std::string algorithm = "MD5";  ///< or "SHA-256"
};

/// Answers like a server that wants HTTP digest access authentication (RFC 7616, qop=auth): 401
/// with a challenge, or `reply` when the response in the request is what it works out itself.
[[nodiscard]] DynamicServer::Handler guarded_by_digest(DigestRealm realm,
                                                       DynamicServer::Handler reply);

/// The value of `name=value` or `name="value"` in an `authorization` of that kind; empty when there
/// is none.
[[nodiscard]] std::string digest_parameter(std::string_view field, std::string_view name);

}  // namespace async_http_pool::test
