#pragma once

#include <async_http_pool/headers.hpp>
#include <async_http_pool/option_types.hpp>
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

/// The options that a decision about a redirect depends on; see `AHP_REQUEST_OPTIONS`.
struct RedirectRules {
  int redirects_max = 0;
  bool allow_https_to_http = false;
  bool referer = false;
  bool keeps_cookies = false;  ///< there is a jar
  const TextList& sensitive_headers;
};

/// What to do about a response (RFC 9110, section 15.4). A pure function.
///
/// Followed are 301, 302, 303, 307 and 308 with a `location`, while `redirects_max` allows any at
/// all. 301 and 302 turn POST into GET, 303 every method but HEAD; a method that stays keeps its
/// body. To another origin no credentials and no sensitive headers go along. `visited`: the URLs
/// that were redirected from before, oldest first; to return to one is recursive, unless the method
/// changes or the response sets a cookie that will be sent.
[[nodiscard]] RedirectDecision decide_redirect(const Request& request, int status,
                                               const Headers& response_headers,
                                               const std::vector<std::string>& visited,
                                               const RedirectRules& rules);

}  // namespace async_http_pool
