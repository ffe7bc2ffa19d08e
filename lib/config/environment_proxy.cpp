#include "config/environment_proxy.hpp"

#include <cstdlib>
#include <initializer_list>

#include "config/no_proxy.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

/// Of the first of `names` that is set to anything.
std::string_view first_of_environment(std::initializer_list<const char*> names) noexcept {
  for (const char* name : names) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see above
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// Hosts after commas or blanks. What can be none is passed over, as libcurl does.
TextList entries_of(std::string_view list) {
  constexpr std::string_view separators = ", \t";
  TextList entries;
  while (!list.empty()) {
    const std::string_view entry = list.substr(0, list.find_first_of(separators));
    if (!entry.empty() && is_no_proxy_entry(entry)) entries.emplace_back(entry);
    list.remove_prefix(entry.size() < list.size() ? entry.size() + 1 : entry.size());
  }
  return entries;
}

}  // namespace

std::string proxy_of_environment(std::string_view checked_url) {
  const UrlParts parts = split_url(checked_url);
  const bool is_https = checked_url.starts_with("https");
  // Not HTTP_PROXY: in a CGI program that is the header field "Proxy" of whoever asks.
  std::string_view proxy = is_https ? first_of_environment({"https_proxy", "HTTPS_PROXY"})
                                    : first_of_environment({"http_proxy"});
  if (proxy.empty()) proxy = first_of_environment({"all_proxy", "ALL_PROXY"});
  if (proxy.empty()) return {};
  const TextList exempt = entries_of(first_of_environment({"no_proxy", "NO_PROXY"}));
  const std::string_view authority = parts.authority.value_or(std::string_view());
  if (is_exempt_from_proxy(split_authority(authority).host, exempt)) return {};
  const bool has_scheme = proxy.find("://") != std::string_view::npos;
  return has_scheme ? std::string(proxy) : "http://" + std::string(proxy);
}

}  // namespace async_http_pool
