#include <async_http_pool/cookie_jar.hpp>

#include <stdexcept>
#include <utility>

#include "base/printable.hpp"
#include "http/cookie_jar_state.hpp"
#include "http/cookie_rules.hpp"
#include "http/set_cookie.hpp"
#include "http/url.hpp"

namespace async_http_pool {
namespace {

/// Cookies end at whole seconds.
WallTime wall_time() noexcept {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

CookieJar::CookieJar() : state_(std::make_unique<State>()) {}
CookieJar::~CookieJar() = default;

bool CookieJar::set(std::string_view url, std::string_view set_cookie) {
  const Url source = Url::parse(url);
  const std::optional<SetCookie> field = parse_set_cookie(set_cookie);
  if (!field) return false;
  const WallTime now = wall_time();
  std::optional<Cookie> cookie = make_cookie(*field, source, now, state_->suffixes);
  if (!cookie) return false;
  const std::string site = cookie_site(cookie->domain, state_->suffixes);
  return state_->table.with([&](CookieTable& table) {
    if (!source.is_https() && table.has_secure_rival(*cookie, site, now)) return false;
    table.put(std::move(*cookie), site, now);
    return true;
  });
}

void CookieJar::add(const Cookie& cookie) {
  check_cookie(cookie);
  if (!cookie.is_host_only && !may_share_cookies(cookie.domain, state_->suffixes)) {
    throw std::invalid_argument("cookie domain must not be a public suffix or an address, got: " +
                                quoted(cookie.domain));
  }
  Cookie kept = cookie;
  if (kept.expires)
    kept.expires = cookie_end(std::chrono::floor<std::chrono::seconds>(*kept.expires));
  const std::string site = cookie_site(kept.domain, state_->suffixes);
  state_->table.with([&](CookieTable& table) { table.put(std::move(kept), site, wall_time()); });
}

std::string CookieJar::header_for(std::string_view url) const {
  const Url parsed = Url::parse(url);
  const CookieDestination destination = cookie_destination(parsed);
  if (destination.host.size() > cookie_domain_bytes_max) return {};
  const std::string site = cookie_site(destination.host, state_->suffixes);
  return state_->table.with(
      [&](CookieTable& table) { return table.header_for(destination, site, wall_time()); });
}

std::vector<Cookie> CookieJar::cookies() const {
  return state_->table.with([](CookieTable& table) { return table.cookies(wall_time()); });
}

void CookieJar::clear() {
  state_->table.with([](CookieTable& table) { table.clear(); });
}

void CookieJar::clear_session() {
  state_->table.with([](CookieTable& table) { table.clear_session(); });
}

}  // namespace async_http_pool
