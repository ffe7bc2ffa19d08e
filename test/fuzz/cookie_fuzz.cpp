#include <async_http_pool/cookie_jar.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_document.hpp"

using namespace async_http_pool;

namespace {

constexpr std::string_view url = "https://www.example.co.uk/a/b?c";

/// What a jar keeps can be sent, saved and loaded; unless a second ends, and cookies with it.
void require_sound(const CookieJar& jar) {
  const auto second = [] {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  };
  const auto start = second();
  const std::string header = jar.header_for(url);
  require(header.size() <= 8182);
  require(header.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  CookieJar copy;
  copy.load_json(jar.to_json());
  const bool is_same = copy.cookies() == jar.cookies() && copy.header_for(url) == header;
  require(is_same || second() != start);
}

}  // namespace

/// Each line is a `set-cookie` field; all of it is a document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  CookieJar jar;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t before = jar.cookies().size();
    if (!jar.set(url, line)) require(jar.cookies().size() <= before);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  require_sound(jar);
  CookieJar loaded;
  const auto read = [&](std::string_view document) {
    loaded.load_json(document, fuzz_limits());
    return true;
  };
  if (!read_document(text, read)) require(loaded.cookies().empty());
  require_sound(loaded);
  return 0;
}
