#include "exchange/redirect_policy.hpp"

#include "http/url.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace async_http_pool {

namespace {

// Request headers that prove who the sender is, to the origin they were meant for.
constexpr std::array<std::string_view, 9> credential_headers = {
    "authorization",    "cookie",    "cookie2",      "proxy-authorization",
    "www-authenticate", "x-api-key", "x-auth-token", "x-amz-security-token",
    "x-goog-api-key"};

bool is_followable(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_credential(std::string_view name) noexcept {
  return std::find(credential_headers.begin(), credential_headers.end(), name) !=
         credential_headers.end();
}

Request next_request(const Request& request, int status, const Url& from, const Url& to) {
  const bool keeps_body = status == 307 || status == 308;
  const std::string_view method =
      keeps_body || request.method() == "HEAD" ? std::string_view(request.method()) : "GET";
  const bool stays_at_home = from.origin() == to.origin();
  Headers headers;
  for (const auto& [name, value] : request.headers()) {
    const bool describes_body = name.starts_with("content-");
    if ((stays_at_home || !is_credential(name)) && (keeps_body || !describes_body))
      headers.add(name, value);
  }
  RequestBuilder builder = Request::builder(method, to.text());
  builder.headers(headers);
  if (keeps_body && request.body()) builder.body(*request.body());
  builder.config(request.config());
  if (request.timeout()) builder.timeout(*request.timeout());
  if (request.max_redirects()) builder.max_redirects(*request.max_redirects());
  return builder.build();
}

}  // namespace

RedirectDecision decide_redirect(const Request& request, int status,
                                 const Headers& response_headers,
                                 const std::vector<std::string>& visited, int redirects_max) {
  RedirectDecision decision;
  const std::vector<std::string_view> locations = response_headers.get_all("location");
  const std::string_view location = locations.empty() ? std::string_view() : locations.front();
  const bool is_ambiguous =
      std::any_of(locations.begin(), locations.end(),
                  [location](std::string_view other) { return other != location; });
  if (!is_followable(status) || redirects_max == 0 || (location.empty() && !is_ambiguous))
    return decision;
  decision.url = location;
  if (visited.size() >= static_cast<std::size_t>(redirects_max)) {
    decision.verdict = RedirectVerdict::too_many;
    return decision;
  }
  if (is_ambiguous) {
    decision.verdict = RedirectVerdict::refuse;
    decision.reason = "redirect to several locations";
    return decision;
  }
  const Url from = Url::parse(request.url());
  try {
    const Url to = from.resolve(location);
    decision.url = to.text();
    if (decision.url == request.url() ||
        std::find(visited.begin(), visited.end(), decision.url) != visited.end()) {
      decision.verdict = RedirectVerdict::recursive;
    } else if (from.is_https() && !to.is_https()) {
      decision.verdict = RedirectVerdict::refuse;
      decision.reason = "redirect from https to http";
    } else {
      decision.verdict = RedirectVerdict::follow;
      decision.next = next_request(request, status, from, to);
    }
  } catch (const std::invalid_argument& error) {
    decision.verdict = RedirectVerdict::refuse;
    decision.reason = std::string("redirect to an unusable location: ") + error.what();
  }
  return decision;
}

}  // namespace async_http_pool
