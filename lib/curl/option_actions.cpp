#include "curl/option_actions.hpp"

#include <limits>

namespace async_http_pool {
namespace {

/// libcurl's own default of 300 s must not end what our timers allow.
constexpr long connect_timeout_ms_max = std::numeric_limits<int>::max();

}  // namespace

void tell_connect_timeout(const OptionContext& context, Milliseconds value) {
  const bool is_off = value == Milliseconds(0) || value.count() > connect_timeout_ms_max;
  context.easy.set<CURLOPT_CONNECTTIMEOUT_MS>(is_off ? connect_timeout_ms_max
                                                     : static_cast<long>(value.count()));
}

void tell_proxy(const OptionContext& context, const std::string& url) {
  // Set also when there is none: unset, libcurl would ask the environment.
  context.easy.set<CURLOPT_PROXY>(url.c_str());
  context.easy.set<CURLOPT_NOPROXY>("");
  if (url.empty()) return;
  context.easy.set<CURLOPT_SUPPRESS_CONNECT_HEADERS>(1L);
  context.easy.set<CURLOPT_HEADEROPT>(static_cast<long>(CURLHEADER_SEPARATE));
  context.easy.set<CURLOPT_PROXY_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
}

void tell_ca_file(const OptionContext& context, const std::string& path) {
  if (path.empty()) return;
  // Without a path beside it: that file alone.
  if (context.is_https) {
    context.easy.set<CURLOPT_CAINFO>(path.c_str());
    context.easy.set<CURLOPT_CAPATH>(nullptr);
  }
  if (!context.options.proxy_url().empty()) {
    context.easy.set<CURLOPT_PROXY_CAINFO>(path.c_str());
    context.easy.set<CURLOPT_PROXY_CAPATH>(nullptr);
  }
}

void tell_libcurl(const OptionContext& context) {
#define AHP_TELL(type, name, default_value, rule, action) \
  tell_##action(context, context.options.name());
  AHP_REQUEST_OPTIONS(AHP_TELL)
#undef AHP_TELL
}

}  // namespace async_http_pool
