#include "base/deflate.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include <zlib.h>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// Reads a whole zlib stream that has to give exactly `length` bytes.
std::string inflated(const std::string& stream, std::size_t length) {
  std::string bytes(length + 1, '\0');
  uLongf written = bytes.size();
  uLong read = stream.size();
  const int code = uncompress2(reinterpret_cast<Bytef*>(bytes.data()), &written,
                               reinterpret_cast<const Bytef*>(stream.data()), &read);
  REQUIRE(code == Z_OK);
  REQUIRE(read == stream.size());
  bytes.resize(written);
  return bytes;
}

std::string noise(std::size_t length) {
  std::mt19937 engine(4711);  // NOLINT(bugprone-random-generator-seed): the same noise in every run
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i) {
    bytes += static_cast<char>(engine());
  }
  return bytes;
}

TEST_CASE("deflated bytes are a complete zlib stream of the input", "[deflate]") {
  // 4096, 8192: around the room that the output begins with; noise grows when it is deflated.
  const auto length =
      GENERATE(std::size_t{0}, 1U, 2U, 4095U, 4096U, 4097U, 8192U, 65537U, 3000000U);
  const bool is_noise = GENERATE(true, false);
  CAPTURE(length, is_noise);
  const std::string bytes = is_noise ? noise(length) : std::string(length, 'a');
  const std::string stream = deflate_bytes(bytes);
  REQUIRE(inflated(stream, length) == bytes);
  if (!is_noise && length >= 4095) {
    REQUIRE(stream.size() < length / 50);
  }
}

TEST_CASE("a deflated stream has the header of RFC 1950 and the default level", "[deflate]") {
  const std::string stream = deflate_bytes("hello");
  REQUIRE(stream.substr(0, 2) == "\x78\x9c");
  REQUIRE_FALSE(stream.starts_with("\x1f\x8b"));
}

TEST_CASE("deflating takes NUL bytes and views as they are", "[deflate]") {
  const std::string bytes("a\0b\0\0c", 6);
  REQUIRE(inflated(deflate_bytes(bytes), 6) == bytes);
  REQUIRE(inflated(deflate_bytes(std::string_view(bytes).substr(1, 3)), 3) == bytes.substr(1, 3));
  REQUIRE(inflated(deflate_bytes({}), 0).empty());
}

}  // namespace
}  // namespace async_http_pool
