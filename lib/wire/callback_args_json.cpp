#include <async_http_pool/callback_args.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

#include <async_http_pool/exceptions.hpp>

namespace async_http_pool {

CallbackArgs CallbackArgs::from_json(std::string_view text, const ParseLimits& limits) {
  Value value = Value::from_json(text, limits);
  try {
    return CallbackArgs(std::move(value));
  } catch (const std::invalid_argument& error) {
    throw ParseError(error.what(), text.size());
  }
}

}  // namespace async_http_pool
