#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using async_http_pool::ParseError;
using async_http_pool::Value;

/// What was read can be written, and reads as the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Value value;
  try {
    value = Value::from_json(text);
  } catch (const ParseError& error) {
    if (error.offset() > size) std::abort();
    return 0;
  }
  if (Value::from_json(value.to_json()) != value) std::abort();
  return 0;
}
