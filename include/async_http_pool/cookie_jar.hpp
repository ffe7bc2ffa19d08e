#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// A cookie as a jar keeps it (RFC 6265, section 5.3).
struct Cookie {
  std::string name;
  std::string value;
  std::string domain;         ///< lower case, without a leading dot
  std::string path;           ///< begins with "/"
  bool is_host_only = true;   ///< sent to `domain` alone, not to hosts below it
  bool is_secure = false;     ///< sent over https only
  bool is_http_only = false;  ///< kept for the file; this library has no scripts
  /// When it ends, in whole seconds; none for a cookie of the session.
  std::optional<std::chrono::system_clock::time_point> expires = {};

  friend bool operator==(const Cookie&, const Cookie&) = default;
};

/// Keeps the cookies that servers set, and gives those that go with a request (RFC 6265). All
/// members are any-thread; one jar may serve many processors. Give it to
/// `Configuration::set_cookie_jar` or `RequestBuilder::cookie_jar`.
///
/// A request that has a `cookie` field of its own sends that first, and the jar's cookies behind it
/// in the same field; an own cookie gives way to those of the jar that have its name. They are
/// those of the moment in which the request is enqueued, redirected or found to need another try,
/// which may go out later.
///
/// Cookies are taken from every complete response, redirects and those that are tried again
/// included, at most 50 of each as in libcurl. A response that is cut off, too large or malformed
/// sets none. Where libcurl asks again on its own (a password by digest), the second request lacks
/// the cookies that the first answer has set; they are kept with those of the second.
///
/// A cookie is kept only for the host that sets it, or for a domain of it that is no public suffix
/// ("com", "co.uk"; https://publicsuffix.org). In a build without libpsl no domain is known to be
/// none, and cookies are for one host each. `__Secure-`, `__Host-`, `__Http-` and
/// `__Host-Http-` are understood, and http does not replace a `secure` cookie (RFC 6265bis);
/// `SameSite` is ignored, as there are no pages.
///
/// A jar is bounded: at most 3000 cookies, 180 of a site, 4096 bytes of name and value, 1024 of
/// path. A site is all hosts of a registrable domain ("example.co.uk"), without libpsl one host.
/// Those that are not secure go first, of them those used least recently.
class AHP_EXPORT CookieJar {
 public:
  CookieJar();
  ~CookieJar();
  CookieJar(const CookieJar&) = delete;
  CookieJar& operator=(const CookieJar&) = delete;

  /// Keeps, replaces or removes a cookie as the value of a `set-cookie` field from `url` says.
  /// Returns whether the field was followed; one that is not allowed or cannot be understood
  /// changes nothing. Throws `std::invalid_argument` when `url` is none.
  bool set(std::string_view url, std::string_view set_cookie);
  /// Keeps `cookie`, or removes the one of its name, domain and path when it has ended. Throws
  /// `std::invalid_argument` when one of its values cannot be, it is not what its name promises
  /// (`__Host-`), or its domain is a public suffix.
  void add(const Cookie& cookie);
  /// The value of the `cookie` field for a request of `url`: "a=1; b=2", longest paths first, then
  /// the oldest; empty when there is none. At most 8182 bytes, which makes 8190 with the name of
  /// the field, as servers refuse more: cookies that do not fit are left out, more of them where
  /// the request has a field of its own. Throws `std::invalid_argument` when `url` is none.
  [[nodiscard]] std::string header_for(std::string_view url) const;
  /// The cookies that have not ended, in the order in which they were first set.
  [[nodiscard]] std::vector<Cookie> cookies() const;
  void clear();
  /// Removes the cookies without an end, as the end of a browser's session does.
  void clear_session();

  /// All cookies as JSON, to be kept in a file or a database. It holds secrets.
  ///
  ///     {"cookies": [{"name": ..., "value": ..., "domain": ..., "path": ..., "host_only": true,
  ///                   "secure": false, "http_only": false, "expires": 1700000000}]}
  ///
  /// `expires` is in seconds since 1970, null for the end of the session. Bytes that are no UTF-8
  /// stand as `"value_base64"`, likewise of name and path.
  [[nodiscard]] std::string to_json() const;
  /// Adds what `to_json` wrote; what has ended meanwhile is left out, and so is what is for a
  /// domain that is a public suffix now. Of more than 3000 cookies the last count. Throws
  /// `ParseError`, and then nothing was added.
  void load_json(std::string_view text, const ParseLimits& limits = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace async_http_pool
