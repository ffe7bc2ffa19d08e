#include <async_http_pool/error.hpp>

#include <memory>
#include <typeinfo>

#include "fuzz_document.hpp"

using namespace async_http_pool;

/// What was read can be written, and reads as an error of the same class that says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [](std::string_view text) { return Error::from_json(text, fuzz_limits()); };
  const auto error = read_document(text_of(data, size), read);
  if (!error.has_value()) return 0;
  const std::string json = (*error)->to_json();
  const std::unique_ptr<Error> again = read(json);
  require(again->to_json() == json);
  const Error& first = **error;
  const Error& second = *again;
  require(typeid(first) == typeid(second));
  require(first.message() == second.message() && first.error_type() == second.error_type());
  require(first.clone()->to_json() == json);
  return 0;
}
