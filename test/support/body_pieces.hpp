#pragma once

#include <async_http_pool/body_reader.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace async_http_pool::test {

/// What one read gives; empty at the end.
inline std::string read_piece(BodyReader& body, std::size_t bytes_max = std::size_t{64} << 10) {
  std::string piece(bytes_max, '\0');
  piece.resize(body.read(piece));
  return piece;
}

/// So many bytes; less when the body ends.
inline std::string read_exactly(BodyReader& body, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    const std::string piece = read_piece(body, bytes - all.size());
    if (piece.empty()) break;
    all += piece;
  }
  return all;
}

}  // namespace async_http_pool::test
