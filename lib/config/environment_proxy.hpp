#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// The proxy that the environment names for `checked_url`, by the rules of libcurl-env(3); empty:
/// none. A text without a scheme is taken for http://; otherwise it is as it was found, perhaps no
/// URL at all. Nobody may change the environment meanwhile.
///
/// libcurl would read it as well, but keeps quiet about what it cannot use and goes without.
[[nodiscard]] std::string proxy_of_environment(std::string_view checked_url);

}  // namespace async_http_pool
