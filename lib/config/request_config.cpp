#include <async_http_pool/request_config.hpp>

#include <utility>

#include "config/option_rules.hpp"
#include "config/option_values.hpp"

namespace async_http_pool {

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses.
#define AHP_SETTER(type, name, default_value, rule, action)    \
  RequestConfig& RequestConfig::set_##name(type value) {       \
    check_##rule(#name, value);                                \
    name##_ = std::move(value); /* NOLINT: trivial for some */ \
    return *this;                                              \
  }
AHP_REQUEST_OPTIONS(AHP_SETTER)
#undef AHP_SETTER
// NOLINTEND(bugprone-macro-parentheses)

RequestConfig RequestConfig::defaults() {
  RequestConfig config;
#define AHP_DEFAULT(type, name, default_value, rule, action) config.name##_ = type(default_value);
  AHP_REQUEST_OPTIONS(AHP_DEFAULT)
#undef AHP_DEFAULT
  return config;
}

// NOLINTBEGIN(readability-function-size): a line each, as many statements as the table has rows.
RequestConfig RequestConfig::over(const RequestConfig& base) const {
  RequestConfig merged = *this;
#define AHP_MERGE(type, name, default_value, rule, action) \
  if (!merged.name##_.has_value()) merged.name##_ = base.name##_;
  AHP_REQUEST_OPTIONS(AHP_MERGE)
#undef AHP_MERGE
  return merged;
}

bool RequestConfig::empty() const noexcept {
#define AHP_IS_SET(type, name, default_value, rule, action) \
  if (name##_.has_value()) return false;
  AHP_REQUEST_OPTIONS(AHP_IS_SET)
#undef AHP_IS_SET
  return true;
}

bool RequestConfig::set(std::string_view option, const Value& value) {
#define AHP_SET(type, name, default_value, rule, action) \
  if (option == #name) {                                 \
    type typed{};                                        \
    read_option(value, typed);                           \
    set_##name(std::move(typed)); /* NOLINT */           \
    return true;                                         \
  }
  AHP_REQUEST_OPTIONS(AHP_SET)
#undef AHP_SET
  return false;
}

Value RequestConfig::to_value() const {
  Value::Object members;
#define AHP_WRITE(type, name, default_value, rule, action) \
  if (name##_.has_value()) members.emplace_back(#name, value_of_option(*name##_));
  AHP_REQUEST_OPTIONS(AHP_WRITE)
#undef AHP_WRITE
  return members;
}
// NOLINTEND(readability-function-size)

}  // namespace async_http_pool
