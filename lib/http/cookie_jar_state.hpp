#pragma once

#include <async_http_pool/cookie_jar.hpp>
#include "base/guarded.hpp"
#include "http/cookie_table.hpp"
#include "http/public_suffix_list.hpp"

namespace async_http_pool {

struct CookieJar::State {
  const PublicSuffixList suffixes;
  Guarded<CookieTable> table;
};

}  // namespace async_http_pool
