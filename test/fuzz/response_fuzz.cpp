#include <async_http_pool/response.hpp>

#include <optional>
#include <stdexcept>

#include "fuzz_document.hpp"

using namespace async_http_pool;

namespace {

/// Whatever a body holds, its text and its JSON are there or are refused as documented.
void look_into(const Response& response) {
  std::optional<std::string> text;
  try {
    text = response.text();
  } catch (const std::invalid_argument&) {  // its charset is not known, or not followed
  }
  if (text.has_value()) static_cast<void>(Value(*text).to_json());  // throws unless it is UTF-8
  try {
    static_cast<void>(response.json());
  } catch (const std::invalid_argument&) {
    require(!response.is_json());
  } catch (const ParseError&) {
    require(response.is_json());
  }
}

}  // namespace

/// What was read can be written, and reads as the same again, byte for byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [](std::string_view text) { return Response::from_json(text, fuzz_limits()); };
  const auto response = read_document(text_of(data, size), read);
  if (!response.has_value()) return 0;
  const Response again = read_again(*response, read);
  require(again.body() == response->body() && again.has_body() == response->has_body());
  require(again.headers() == response->headers());
  require(again.duration() == response->duration());
  require(again.callback_args() == response->callback_args());
  look_into(*response);
  return 0;
}
