#include "http/url.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

using async_http_pool::Url;

/// A URL that was accepted is accepted again as it was written, and whatever a server's `location`
/// makes of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const Url base = Url::parse("http://127.0.0.1:8080/a/b?c#d");
  try {
    const Url resolved = base.resolve(text);
    if (Url::parse(resolved.text()).text() != resolved.text()) std::abort();
  } catch (const std::invalid_argument&) {
    return 0;
  }
  return 0;
}
