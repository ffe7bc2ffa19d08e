#include "config/proxy_choice.hpp"

#include <algorithm>
#include <array>

#include "config/environment_proxy.hpp"
#include "config/no_proxy.hpp"
#include "http/ascii.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {

ProxyKind proxy_of_scheme(std::string_view scheme) noexcept {
  constexpr std::array<std::string_view, 4> socks = {"socks4", "socks4a", "socks5", "socks5h"};
  if (equals_ignoring_case(scheme, "http")) return ProxyKind::http;
  if (equals_ignoring_case(scheme, "https")) return ProxyKind::https;
  const bool is_socks = std::ranges::any_of(
      socks, [scheme](std::string_view name) { return equals_ignoring_case(scheme, name); });
  return is_socks ? ProxyKind::socks : ProxyKind::none;
}

std::string proxy_url_for(const EffectiveOptions& options, std::string_view checked_url) {
  const std::string& named = options.proxy_url();
  if (named.empty() && !options.proxy_from_environment()) return {};
  if (!options.unix_socket().empty()) return {};
  if (!options.no_proxy().empty()) {
    const std::string_view authority =
        split_url(checked_url).authority.value_or(std::string_view());
    if (is_exempt_from_proxy(split_authority(authority).host, options.no_proxy())) return {};
  }
  return named.empty() ? proxy_of_environment(checked_url) : named;
}

ProxyKind proxy_for(const EffectiveOptions& options, std::string_view checked_url) {
  const std::string proxy = proxy_url_for(options, checked_url);
  return proxy_of_scheme(split_url(proxy).scheme.value_or(std::string_view()));
}

bool has_proxy_of_its_own(const EffectiveOptions& options) noexcept {
  return options.own().proxy_url() || options.own().proxy_from_environment();
}

}  // namespace async_http_pool
