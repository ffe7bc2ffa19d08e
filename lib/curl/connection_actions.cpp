// The actions of options about connections.
#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

#include "curl/curl_library.hpp"
#include "curl/option_actions.hpp"
#include "curl/quirks.hpp"
#include "curl/unusable_option.hpp"
#include "http/ip_address.hpp"

namespace async_http_pool {
namespace {

long whole_seconds(Milliseconds value) noexcept {
  return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(value).count());
}

[[noreturn]] void refuse_version(const std::string& message) {
  throw UnusableOption(ErrorType::unknown, ErrorCode::unsupported_option, message);
}

void tell_version(const OptionContext& context, long version) {
  context.easy.set<CURLOPT_HTTP_VERSION>(version);
}

/// libcurl looks for a connection's interface only if a request names one.
bool has_interface_of_its_own(const EffectiveOptions& options) {
  return options.own().interface() && *options.own().interface() != *options.client().interface();
}

bool needs_connection_for_itself(const EffectiveOptions& options) {
  return options.fresh_connection() || options.no_reuse() || !options.unix_socket().empty() ||
         has_interface_of_its_own(options);
}

/// A burst to a new host waits for the first connection instead of opening many.
void tell_multiplexed_version(const OptionContext& context, long version) {
  tell_version(context, version);
  context.easy.set<CURLOPT_PIPEWAIT>(1L);
}

}  // namespace

void tell_fresh_connection(const OptionContext& context, bool value) {
  if (value) context.easy.set<CURLOPT_FRESH_CONNECT>(1L);
}

void tell_no_reuse(const OptionContext& context, bool value) {
  if (value) context.easy.set<CURLOPT_FORBID_REUSE>(1L);
}

void tell_connection_idle_time(const OptionContext& context, Milliseconds value) {
  context.easy.set<CURLOPT_MAXAGE_CONN>(whole_seconds(value));
}

void tell_connection_lifetime(const OptionContext& context, Milliseconds value) {
  context.easy.set<CURLOPT_MAXLIFETIME_CONN>(whole_seconds(value));
}

void tell_http_version(const OptionContext& context, HttpVersion value) {
  switch (value) {
    case HttpVersion::automatic:
      if (!context.is_https || !loaded_curl_has_http2()) return;
      if (needs_connection_for_itself(context.options)) {
        tell_version(context, CURL_HTTP_VERSION_1_1);  // see keep_connection_apart
      } else {
        tell_multiplexed_version(context, CURL_HTTP_VERSION_2TLS);
      }
      return;
    case HttpVersion::http1_0:
      tell_version(context, CURL_HTTP_VERSION_1_0);
      return;
    case HttpVersion::http1_1:
      tell_version(context, CURL_HTTP_VERSION_1_1);
      return;
    case HttpVersion::http2_prior_knowledge:
      if (!loaded_curl_has_http2()) refuse_version("libcurl was built without HTTP/2");
      if (quirks_of(loaded_curl_version()).breaks_prior_knowledge)
        refuse_version("HTTP/2 with prior knowledge needs libcurl 8.0 or later");
      tell_multiplexed_version(context, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
      return;
    case HttpVersion::http3:
      if (!loaded_curl_has_http3()) refuse_version("libcurl was built without HTTP/3");
      if (!context.is_https) refuse_version("HTTP/3 needs an https URL");
      tell_multiplexed_version(context, CURL_HTTP_VERSION_3);
      return;
  }
}

void tell_tcp_keepalive(const OptionContext& context, Milliseconds value) {
  if (value == Milliseconds(0)) return;
  context.easy.set<CURLOPT_TCP_KEEPALIVE>(1L);
  context.easy.set<CURLOPT_TCP_KEEPIDLE>(whole_seconds(value));
  context.easy.set<CURLOPT_TCP_KEEPINTVL>(whole_seconds(value));
}

void tell_tcp_nodelay(const OptionContext& context, bool value) {
  if (!value) context.easy.set<CURLOPT_TCP_NODELAY>(0L);
}

void tell_interface(const OptionContext& context, const std::string& value) {
  if (has_interface_of_its_own(context.options)) keep_connection_apart(context);
  if (value.empty()) return;
  // With the prefix libcurl does not guess: it would ask a name server for what is no interface.
  const std::string text = (parse_ip_address(value) ? "host!" : "if!") + value;
  context.easy.set<CURLOPT_INTERFACE>(text.c_str());
}

void tell_ip_family(const OptionContext& context, IpFamily value) {
  if (value == IpFamily::automatic) return;
  context.easy.set<CURLOPT_IPRESOLVE>(
      static_cast<long>(value == IpFamily::ipv4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6));
}

void tell_happy_eyeballs_timeout(const OptionContext& context, Milliseconds value) {
  if (value == Milliseconds(CURL_HET_DEFAULT)) return;
  constexpr Milliseconds::rep max = std::numeric_limits<int>::max();
  context.easy.set<CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS>(
      static_cast<long>(std::min(value.count(), max)));
}

void tell_dns_cache_time(const OptionContext& context, Milliseconds value) {
  // Without the agent's cache there is the one of the lane, where such requests meet.
  const bool has_cache = may_share_addresses(context.options);
  context.easy.set<CURLOPT_DNS_CACHE_TIMEOUT>(has_cache ? whole_seconds(value) : 0L);
}

bool may_share_addresses(const EffectiveOptions& options) noexcept {
  const auto& own = options.own().ip_family();
  return !own || *own == options.client().ip_family();
}

void keep_connection_apart(const OptionContext& context) {
  context.easy.set<CURLOPT_FRESH_CONNECT>(1L);
  context.easy.set<CURLOPT_FORBID_REUSE>(1L);
  if (context.is_https && context.options.http_version() == HttpVersion::automatic)
    tell_version(context, CURL_HTTP_VERSION_1_1);
}

void tell_unix_socket(const OptionContext& context, const std::string& path) {
  if (path.empty()) return;
  context.easy.set<CURLOPT_UNIX_SOCKET_PATH>(path.c_str());
  // Such connections have no ports to be told apart by, so none can be looked at before it is used
  // again (Quirks::trusts_idle_connections).
  context.easy.set<CURLOPT_FORBID_REUSE>(1L);
}

}  // namespace async_http_pool
