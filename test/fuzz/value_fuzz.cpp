#include "fuzz_document.hpp"

using namespace async_http_pool;

/// What was read can be written, and reads as the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [](std::string_view text) { return Value::from_json(text); };
  if (const auto value = read_document(text_of(data, size), read))
    require(read_again(*value, read) == *value);
  return 0;
}
