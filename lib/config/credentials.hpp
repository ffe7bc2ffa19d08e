#pragma once

#include "config/effective_options.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// What a request proves its sender with: a bearer token, or a name and a password by one of
/// `schemes`.
struct Credentials {
  TextList schemes;
  std::string username;
  std::string password;
  std::string bearer_token;
};

/// What a request to a URL may show of the options' credentials; none when there are none or they
/// are for another origin. A request's own replace its client's as a whole, so that no name goes
/// with the password of another; a client's count only for the origin that they name. `checked_url`
/// has been parsed before.
[[nodiscard]] std::optional<Credentials> credentials_for(const EffectiveOptions& options,
                                                         std::string_view checked_url);

/// The options of a request that is redirected to another origin: credentials stay behind unless
/// they name the origin that they are for, and so do the client's certificate and what was accepted
/// of the first server's. What a client says for all its requests is not in them, and goes on.
[[nodiscard]] RequestConfig without_unbound_credentials(const RequestConfig& config);

/// Throws `std::invalid_argument` when a client has credentials but does not say for which origin.
void check_credentials_of_client(const RequestConfig& config);

}  // namespace async_http_pool
