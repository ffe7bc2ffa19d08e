#include <stdexcept>

#include "config/option_rules.hpp"
#include "config/proxy_choice.hpp"
#include "curl/curl_library.hpp"
#include "curl/option_actions.hpp"
#include "curl/quirks.hpp"
#include "curl/unusable_option.hpp"

namespace async_http_pool {
namespace {

bool names_user(std::string_view proxy) noexcept {
  return proxy.find('@') != std::string_view::npos;
}

/// Whether a tunnel of the client's, or this one afterwards, could be taken for the other although
/// the proxy was told of another user.
bool has_user_of_its_own(const OptionContext& context, const std::string& proxy) {
  if (!has_proxy_of_its_own(context.options)) return false;
  const RequestConfig nothing;
  const std::string usual = proxy_url_for({nothing, context.options.client()}, context.url);
  return proxy != usual && (names_user(proxy) || names_user(usual));
}

void tell_proxy_url(const OptionContext& context, const std::string& url) {
  context.easy.set<CURLOPT_PROXY>(url.c_str());
  context.easy.set<CURLOPT_NOPROXY>("");
  context.easy.set<CURLOPT_SUPPRESS_CONNECT_HEADERS>(1L);
  context.easy.set<CURLOPT_HEADEROPT>(static_cast<long>(CURLHEADER_SEPARATE));
  context.easy.set<CURLOPT_PROXY_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (quirks_of(loaded_curl_version()).mixes_up_proxy_credentials &&
      has_user_of_its_own(context, url))
    keep_connection_apart(context);
}

}  // namespace

void tell_proxy(const OptionContext& context, const std::string& url) {
  if (!url.empty() && !proxy_url_for(context.options, context.url).empty()) {
    tell_proxy_url(context, url);
  } else {
    context.easy.set<CURLOPT_NOPROXY>("*");  // else libcurl would ask the environment
  }
}

void tell_proxy_from_environment(const OptionContext& context, bool value) {
  if (!value || !context.options.proxy_url().empty()) return;
  const std::string url = proxy_url_for(context.options, context.url);
  if (url.empty()) return;
  try {
    check_proxy_url("proxy", url);
  } catch (const std::invalid_argument&) {  // whose text would show what may be a password
    throw UnusableOption(ErrorType::unknown, ErrorCode::unsupported_option,
                         "what the environment names as a proxy cannot be used as one");
  }
  tell_proxy_url(context, url);
}

}  // namespace async_http_pool
