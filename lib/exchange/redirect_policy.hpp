#pragma once

#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>

#include <optional>
#include <string>
#include <vector>

namespace async_http_pool {

enum class RedirectVerdict {
  deliver,    ///< no redirect to follow: the response goes to the application
  follow,     ///< send `next`
  too_many,   ///< `url` is the location as the server gave it
  recursive,  ///< `url` was visited before
  refuse      ///< `reason` says why `url` is not followed
};

struct RedirectDecision {
  RedirectVerdict verdict = RedirectVerdict::deliver;
  std::optional<Request> next;
  std::string url;
  std::string reason;
};

/// What to do about a response (RFC 9110, section 15.4). A pure function.
///
/// Followed are 301, 302, 303, 307 and 308 with a `location`, while `redirects_max` allows any at
/// all. The first three turn every method but HEAD into GET and drop the body; the others keep
/// both. To another origin no credentials go along; https never leads to http. `visited`: the URLs
/// that were redirected from before, oldest first.
[[nodiscard]] RedirectDecision decide_redirect(const Request& request, int status,
                                               const Headers& response_headers,
                                               const std::vector<std::string>& visited,
                                               int redirects_max);

}  // namespace async_http_pool
