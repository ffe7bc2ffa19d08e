#include <async_http_pool/client_config.hpp>

#include <utility>

#include "config/option_rules.hpp"

namespace async_http_pool {

#define AHP_SETTER(type, name, default_value, rule)    \
  ClientConfig& ClientConfig::set_##name(type value) { \
    check_##rule(#name, value);                        \
    name##_ = value;                                   \
    return *this;                                      \
  }
AHP_CLIENT_OPTIONS(AHP_SETTER)
#undef AHP_SETTER

}  // namespace async_http_pool
