#include "curl/option_actions.hpp"

#include <algorithm>
#include <limits>

#include "curl/tls_actions.hpp"

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

void tell_expect_timeout(const OptionContext& context, Milliseconds value) {
  if (value == Milliseconds(0)) return;
  context.easy.set<CURLOPT_EXPECT_100_TIMEOUT_MS>(
      static_cast<long>(std::min<Milliseconds::rep>(value.count(), connect_timeout_ms_max)));
}

void tell_libcurl(const OptionContext& context) {
#define AHP_TELL(type, name, default_value, rule, action) \
  tell_##action(context, context.options.name());
  AHP_REQUEST_OPTIONS(AHP_TELL)
#undef AHP_TELL
  tell_tls(context);
}

}  // namespace async_http_pool
