#include <async_http_pool/client_config.hpp>

#include <utility>

#include "config/option_rules.hpp"
#include "config/option_values.hpp"

namespace async_http_pool {

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses.
#define AHP_SETTER(type, name, default_value, rule)    \
  ClientConfig& ClientConfig::set_##name(type value) { \
    check_##rule(#name, value);                        \
    name##_ = value;                                   \
    return *this;                                      \
  }
AHP_CLIENT_OPTIONS(AHP_SETTER)
#undef AHP_SETTER
// NOLINTEND(bugprone-macro-parentheses)

bool ClientConfig::set(std::string_view option, const Value& value) {
#define AHP_SET(type, name, default_value, rule) \
  if (option == #name) {                         \
    type typed{};                                \
    read_option(value, typed);                   \
    set_##name(typed);                           \
    return true;                                 \
  }
  AHP_CLIENT_OPTIONS(AHP_SET)
#undef AHP_SET
  return false;
}

}  // namespace async_http_pool
