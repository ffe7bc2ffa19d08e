#include "exchange/redirect_policy.hpp"

#include "config/credentials.hpp"
#include "http/ascii.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace async_http_pool {

namespace {

bool is_followable(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string_view method_after(int status, std::string_view method) noexcept {
  const bool becomes_get =
      status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST";
  return becomes_get ? "GET" : method;
}

/// What goes when the body goes (RFC 9110, section 15.4).
bool describes_body(std::string_view name) noexcept {
  return name.starts_with("content-") || name == "digest" || name == "repr-digest" ||
         name == "last-modified";
}

/// Never for another origin, whatever the options say.
bool is_credential(std::string_view name) noexcept {
  return name == "authorization" || name == "cookie" || name == "cookie2" ||
         name == "proxy-authorization" || name == "www-authenticate";
}

bool is_one_of(const TextList& names, std::string_view name) noexcept {
  return std::any_of(names.begin(), names.end(), [name](const std::string& other) {
    return equals_ignoring_case(other, name);
  });
}

/// A step from one URL to the next.
struct Hop {
  const Url& from;
  const Url& to;

  [[nodiscard]] bool is_downgrade() const noexcept { return from.is_https() && !to.is_https(); }
};

Headers next_headers(const Request& request, const Hop& hop, const RedirectRules& rules,
                     std::string_view method) {
  const bool stays_at_home = hop.from.origin() == hop.to.origin();
  const bool keeps_body = method == request.method();
  Headers headers;
  const auto is_sensitive = [&](std::string_view name) {
    return is_credential(name) || is_one_of(rules.sensitive_headers, name);
  };
  for (const auto& [name, value] : request.headers()) {
    // RFC 9110, section 10.1.3: where a secure page was is not told in the clear.
    const bool betrays_origin = name == "referer" && hop.is_downgrade();
    if ((stays_at_home || !is_sensitive(name)) && (keeps_body || !describes_body(name)) &&
        !betrays_origin)
      headers.add(name, value);
  }
  if (rules.referer && !hop.is_downgrade()) {
    const std::string& url = hop.from.text();  // a `Url` has no user information
    headers.set("referer", std::string_view(url).substr(0, url.find('#')));
  }
  return headers;
}

void copy_body(const Request& request, RequestBuilder& builder) {
  if (request.body()) builder.body(*request.body());
  if (request.body_file()) builder.body_file(*request.body_file());
  if (request.multipart()) builder.multipart(*request.multipart());
  if (request.body_source() != nullptr) builder.body_source(request.body_source());
}

Request next_request(const Request& request, int status, const Hop& hop,
                     const RedirectRules& rules) {
  const std::string_view method = method_after(status, request.method());
  RequestBuilder builder = Request::builder(method, hop.to.text());
  builder.headers(next_headers(request, hop, rules, method));
  if (method == request.method()) copy_body(request, builder);
  const bool stays_at_home = hop.from.origin() == hop.to.origin();
  builder.config(stays_at_home ? request.config() : without_unbound_credentials(request.config()));
  builder.cookie_jar(request.cookie_jar());
  if (request.timeout()) builder.timeout(*request.timeout());
  if (request.max_redirects()) builder.max_redirects(*request.max_redirects());
  return builder.build();
}

/// Whether the next request differs from the ones before even at the same URL: a form that leads to
/// itself by GET, a page that wanted to see its cookie come back. `redirects_max` bounds these.
bool is_another_request(const Request& request, int status, const Headers& response_headers,
                        const RedirectRules& rules) {
  return method_after(status, request.method()) != request.method() ||
         (rules.keeps_cookies && response_headers.contains("set-cookie"));
}

}  // namespace

RedirectDecision decide_redirect(const Request& request, int status,
                                 const Headers& response_headers,
                                 const std::vector<std::string>& visited,
                                 const RedirectRules& rules) {
  RedirectDecision decision;
  if (!is_followable(status) || rules.redirects_max == 0) return decision;
  const std::vector<std::string_view> locations = response_headers.get_all("location");
  const std::string_view location = locations.empty() ? std::string_view() : locations.front();
  const bool is_ambiguous =
      std::any_of(locations.begin(), locations.end(),
                  [location](std::string_view other) { return other != location; });
  if (location.empty() && !is_ambiguous) return decision;
  decision.url = location;
  if (visited.size() >= static_cast<std::size_t>(rules.redirects_max)) {
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
    const Hop hop{from, to};
    decision.url = to.text();
    const bool was_visited =
        decision.url == request.url() ||
        std::find(visited.begin(), visited.end(), decision.url) != visited.end();
    if (was_visited && !is_another_request(request, status, response_headers, rules)) {
      decision.verdict = RedirectVerdict::recursive;
    } else if (hop.is_downgrade() && !rules.allow_https_to_http) {
      decision.verdict = RedirectVerdict::refuse;
      decision.reason = "redirect from https to http";
    } else {
      decision.verdict = RedirectVerdict::follow;
      decision.next = next_request(request, status, hop, rules);
    }
  } catch (const std::invalid_argument& error) {
    decision.verdict = RedirectVerdict::refuse;
    decision.reason = std::string("redirect to an unusable location: ") + error.what();
  }
  return decision;
}

}  // namespace async_http_pool
