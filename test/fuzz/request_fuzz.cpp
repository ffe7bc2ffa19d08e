#include <async_http_pool/request.hpp>

#include "fuzz_document.hpp"

using namespace async_http_pool;

/// What was read can be written, and reads as the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [](std::string_view text) { return Request::from_json(text, fuzz_limits()); };
  if (const auto request = read_document(text_of(data, size), read))
    require(read_again(*request, read) == *request);
  return 0;
}
