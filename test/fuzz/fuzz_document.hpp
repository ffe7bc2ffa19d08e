#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>

namespace async_http_pool {

/// What a fuzzer may not find: the program ends, and libFuzzer keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

/// Bounds that a fuzzer can reach: a body of 64 KiB.
inline ParseLimits fuzz_limits() noexcept {
  ParseLimits limits;
  limits.body_bytes_max = std::size_t{64} << 10;
  return limits;
}

/// Reads `text`; none when it was refused by the one exception that is documented.
template <typename Read>
auto read_document(std::string_view text, Read read) -> std::optional<decltype(read(text))> {
  try {
    return read(text);
  } catch (const ParseError& error) {
    require(error.offset() <= text.size());
    require(*error.what() != '\0');
    return std::nullopt;
  }
}

/// Writes what was read, and reads that: it must be the same document again.
template <typename Document, typename Read>
Document read_again(const Document& document, Read read) {
  const std::string json = document.to_json();
  Document again = read(std::string_view(json));
  require(again.to_json() == json);
  return again;
}

}  // namespace async_http_pool
