#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <async_http_pool/option_types.hpp>
#include "config/effective_options.hpp"
#include "curl/easy_handle.hpp"

namespace async_http_pool {

/// What an action gets to see besides its option's value.
struct OptionContext {
  EasyHandle& easy;  ///< new or reset
  const EffectiveOptions& options;
  std::string_view url;  ///< of the request, checked
  bool is_https = false;
};

// The actions of `AHP_REQUEST_OPTIONS`: each tells libcurl of one option. Throw `CurlError`.

template <typename T>
void tell_nobody(const OptionContext& /*context*/, const T& /*value*/) noexcept {}
/// Options of TLS: told all at once, see `tell_tls`.
template <typename T>
void tell_with_tls(const OptionContext& /*context*/, const T& /*value*/) noexcept {}
void tell_connect_timeout(const OptionContext& context, Milliseconds value);
void tell_expect_timeout(const OptionContext& context, Milliseconds value);
void tell_max_upload_speed(const OptionContext& context, std::size_t bytes_a_second);
void tell_max_download_speed(const OptionContext& context, std::size_t bytes_a_second);
/// And of `low_speed_time`.
void tell_low_speed_limit(const OptionContext& context, std::size_t bytes_a_second);
/// And of `no_proxy`.
void tell_fresh_connection(const OptionContext& context, bool value);
void tell_no_reuse(const OptionContext& context, bool value);
void tell_connection_idle_time(const OptionContext& context, Milliseconds value);
void tell_connection_lifetime(const OptionContext& context, Milliseconds value);
void tell_http_version(const OptionContext& context, HttpVersion value);
void tell_tcp_keepalive(const OptionContext& context, Milliseconds value);
void tell_tcp_nodelay(const OptionContext& context, bool value);
void tell_interface(const OptionContext& context, const std::string& value);
void tell_ip_family(const OptionContext& context, IpFamily value);
void tell_happy_eyeballs_timeout(const OptionContext& context, Milliseconds value);
void tell_dns_cache_time(const OptionContext& context, Milliseconds value);
void tell_unix_socket(const OptionContext& context, const std::string& path);
void tell_proxy(const OptionContext& context, const std::string& url);
void tell_proxy_from_environment(const OptionContext& context, bool value);

/// For requests whose connection nobody else may use, before or after: libcurl would take it for
/// the same as theirs. HTTP/2 is not offered then, where others join in while the request is under
/// way.
void keep_connection_apart(const OptionContext& context);

/// Whether a request may use addresses that others looked up, and leave its own to them: libcurl
/// remembers those of a name without the family that was asked for (until 8.18, and then that there
/// are none, too).
[[nodiscard]] bool may_share_addresses(const EffectiveOptions& options) noexcept;

/// Tells libcurl of all options. Throws `CurlError`, and `UnusableOption` for what the request has
/// to end with.
void tell_libcurl(const OptionContext& context);

}  // namespace async_http_pool
